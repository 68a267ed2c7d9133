"""What a student handed in, or is about to: read it, find its answers, and put them back into the released notebook.

Runs on the host's side, at home and when grading. Nothing here runs a student's code.
"""
