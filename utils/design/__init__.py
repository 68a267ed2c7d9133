"""Notebook 10: a design is recorded, counted, trained from its recording and compared with others."""
