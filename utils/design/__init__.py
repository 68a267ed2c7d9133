"""Notebook 10: record what a model computes, count its cost, and train it from the recording."""
