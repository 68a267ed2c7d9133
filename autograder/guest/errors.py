"""The errors of the guest side, in one tree.

    GuestError
        Garbled      what came over a socket is not what was agreed on; a ValueError too (here)
        WallMissing  a namespace, a mount or a limit cannot be set up; an OSError too (namespaces)

What a responder raises about a student's code is no part of it: it becomes part of the response.
"""


class GuestError(Exception):
    """The base of every error that the guest side raises."""


class Garbled(GuestError, ValueError):
    """What came over a socket is not plain data, not a known message, or too large."""
