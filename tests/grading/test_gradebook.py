"""The gradebook is imported without nbgrader's web server, and the package is whole for everybody else."""

from __future__ import annotations

import subprocess
import sys

WITHOUT_SERVER = "import sys, autograder.gradebook as ours; assert 'jupyter_server' not in sys.modules; "


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", WITHOUT_SERVER + code], capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def test_the_package_has_its_modules_and_its_own_names_afterwards() -> None:
    code = (
        "import nbgrader, nbgrader.api; assert nbgrader.api.Gradebook is ours.Gradebook; "
        "from nbgrader.apps import NbGraderApp; from nbgrader.preprocessors import AssignLatePenalties; "
        "print(nbgrader.__version__, nbgrader._jupyter_server_extension_points())"
    )
    assert run(code).endswith("[{'module': 'nbgrader'}]")


def test_a_name_that_it_does_not_have_is_an_attribute_error() -> None:
    assert run("import nbgrader; print(hasattr(nbgrader, 'no_such_name'))") == "False"
