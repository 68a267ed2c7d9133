"""How answers are checked and graded: `from autograder import check` is all that a notebook needs."""
