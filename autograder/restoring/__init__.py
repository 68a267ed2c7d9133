"""Puts a student's answers into the released notebook, at home and in grading; students get it, kernels do not."""
