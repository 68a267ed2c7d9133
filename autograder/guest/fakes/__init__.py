"""Test doubles: a GPU, a clock, a machine, and models that record what a student's code does with them."""
