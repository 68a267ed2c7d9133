"""Answers to the exercises, right and wrong: one module per subject, read by `autograder.gallery.registry`."""
