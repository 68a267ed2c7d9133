"""The drawings of the notebooks, one file a subject; how they look stands in plots."""
