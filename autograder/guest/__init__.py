"""Everything that runs beside a student's code: at home in the notebook's kernel, when grading in the sandbox.

Imports itself, `utils` and third parties only, so that all of it can be copied behind the sandbox's wall.
"""
