"""Grades submissions: restores, runs and judges a notebook, records the result, and reads results back."""
