"""The errors of the host side, in one tree. Each class stands where it is raised.

    AutograderError
        CourseError         the course or the machine has to be put right first; says what to do
        Unreadable          a file is not a notebook that can be run; says why
        SandboxUnavailable  this machine cannot isolate students' code (sandbox.bubblewrap)
        WarmProcessGone     the warm process ended while a kernel of it was running (sandbox.warm)
        KernelGone          a kernel answers no more questions, with the reason (sandbox.no_result)
        CheckFailed         a check failed while `nbgrader validate` was running (check)
        ShownInALine        shown in a notebook as its message alone:
            CheckMisused    a check was called with something other than functions; a TypeError too (check)
            CheckStopped    a check was interrupted (progress.long_check)
            NothingToShow   a hint or the progress cannot be shown, with the reason (progress.in_notebook)

Code in the sandbox has a tree of its own, guest.errors, because it imports nothing from the host.
"""


class AutograderError(Exception):
    """The base of every error that the host side raises."""


class ShownInALine(AutograderError):
    """An error that a student meets in a notebook."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the message alone."""
        return [str(self)]


class CourseError(AutograderError):
    """Something has to be put right first. The message says what, and what to do, in one line."""


class Unreadable(AutograderError):
    """A file is not a notebook that can be run. The message tells its author why, in one line."""
