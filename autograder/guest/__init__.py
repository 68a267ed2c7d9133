"""What runs in the same process as a student's code: in the notebook's kernel at home, in the sandbox when grading.

It imports itself, `utils` and third parties only, because it is copied into the sandbox without the rest.
"""
