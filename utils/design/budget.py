"""The limits of notebook 10; this module can be imported without PyTorch."""

# a design's budget
MOST_PARAMETERS = 100_000
MOST_MULTIPLY_ADDS = 10_000_000  # for one image

BATCH = 50  # images in a batch, for recording, training and evaluation
MOST_STEPS = 4000  # operations in a recording
