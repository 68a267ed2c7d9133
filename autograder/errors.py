"""What is told to a person in one line, without a traceback."""


class CourseError(Exception):
    """Something has to be put right first. The message says what, and what to do."""


class Unreadable(Exception):
    """A file is not a notebook that can be run; the message says why, for the person who made it."""
