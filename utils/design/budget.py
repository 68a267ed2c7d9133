"""The budget of notebook 10, where whoever has no PyTorch can read it too."""

MOST_PARAMETERS = 100_000
MOST_MULTIPLY_ADDS = 10_000_000  # for one image
BATCH = 50  # images that a model is recorded, trained and judged with at a time
