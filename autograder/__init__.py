"""Checks and grades answers to the exercises; a notebook needs `from autograder import check` and nothing else."""
