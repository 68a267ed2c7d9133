"""Test doubles: a GPU, a clock, a machine and models that write down what a student's code does to them."""
