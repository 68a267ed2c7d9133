"""The edition for a browser's tab: checks work with what Python has there; the built edition starts from its own files.

`make lite` builds it and runs all of this. Otherwise CNN_COURSE_LITE names the folder of a built one, if there is one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from programs import BESIDE, judge

from autograder.gallery.registry import right_answers
from website.lite import CDN, COURSE_NEEDS, LOCK, NOTEBOOKS, needed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
BUILT = os.environ.get("CNN_COURSE_LITE", "")
needs_edition = pytest.mark.skipif(
    not BUILT, reason="CNN_COURSE_LITE names no edition for a tab: `make lite` makes one"
)
# modules that Pyodide leaves out or cannot use, and packages that the edition does not have
ABSENT = (
    "_multiprocessing", "_posixshmem", "_ssl", "curses", "dbm", "grp", "ipykernel", "ipywidgets", "jupyter_client",
    "nbclient", "pooch", "pwd", "rich", "safetensors", "scipy", "syslog", "torch", "typer", "zmq",
)  # fmt: skip
EMPTY = ("fcntl", "resource", "termios")  # JupyterLite's kernel puts empty modules in their place
LIKE_PYODIDE = f"""
import _thread, os, subprocess, sys, threading, types
def unable(*arguments, **options):
    raise RuntimeError("can't start new thread")
sys.modules.update(dict.fromkeys({ABSENT}))
sys.modules.update({{name: types.ModuleType(name) for name in {EMPTY}}})
threading.Thread.start = _thread.start_new_thread = subprocess.Popen.__init__ = unable
del os.fork
"""
START, RUN = 180_000, 240_000  # milliseconds for a kernel, and for a first import with its downloads


def test_checks_hints_and_progress_work_without_threads_and_processes(tmp_path: Path) -> None:
    for name in NOTEBOOKS:
        (tmp_path / "notebooks" / name).mkdir(parents=True)
        notebook = ROOT / "notebooks" / name / f"{name}.ipynb"
        (tmp_path / "notebooks" / name / notebook.name).write_bytes(notebook.read_bytes())
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LIKE_PYODIDE + BESIDE + judge(wrong_too=False)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "misjudged: []"


def in_pyodide(folder: Path, program: str, *packages: str) -> subprocess.CompletedProcess[str]:
    """Run a program with the checkout's course in the edition's Pyodide, by Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    shutil.copytree(Path(BUILT) / "static" / "pyodide", folder / "pyodide")  # Pyodide keeps there what it fetches
    script = Path(__file__).with_name("in_pyodide.mjs")
    command = [node, str(script), str(folder / "pyodide"), str(ROOT), program, *packages]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


@needs_edition
def test_node_starts_python_with_the_course_from_the_editions_own_files(tmp_path: Path) -> None:
    program = "import sys, packaging, pylatexenc, tqdm, autograder.errors as e; print(sys.platform, e.__file__)"
    done = in_pyodide(tmp_path, program, "packaging", "pylatexenc", "tqdm")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "emscripten /course/autograder/errors.py"


@needs_edition
def test_checks_of_01_to_06_tell_right_from_wrong_in_pyodide_where_there_is_a_network(tmp_path: Path) -> None:
    done = in_pyodide(tmp_path, judge(wrong_too=True), *COURSE_NEEDS)
    if done.returncode == 3:
        pytest.skip(f"Pyodide's network cannot be reached: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "misjudged: []"


class Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".wasm": "application/wasm"}

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of the edition, served on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=BUILT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def compiled() -> set[str]:
    """Where the edition's compiled packages come from."""
    lock = json.loads(Path(BUILT, "static", "pyodide", LOCK).read_text())
    files = {lock["packages"][name]["file_name"] for name in needed(lock, COURSE_NEEDS)}
    return {file for file in files if "://" in file}


def typed(page: Page, address: str, code: str) -> set[str]:
    """Run code in the edition's console; returns what was requested from elsewhere."""
    elsewhere: set[str] = set()
    page.on("request", lambda request: elsewhere.add(request.url) if request.url.startswith("https:") else None)
    page.goto(f"{address}/repl/index.html?kernel=python&code={quote(code)}")
    return elsewhere


@needs_edition
def test_python_starts_from_our_own_files_and_has_the_course(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    code = 'import autograder, utils, importlib.metadata as m; print("course", m.version("cnn-course"))'
    elsewhere = typed(page, address, code)
    page.get_by_text("course 0.", exact=False).last.wait_for(timeout=START)
    assert elsewhere == compiled() and all(url.startswith(CDN.partition("{")[0]) for url in elsewhere)
    page.close()


@needs_edition
def test_a_notebook_opens_with_its_kernel_and_keeps_what_was_written(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{address}/lab/index.html?path=notebooks/02_convolution/02_convolution.ipynb")
    page.locator(".jp-Notebook .jp-MarkdownCell").first.click(timeout=START)
    page.get_by_text("Python (Pyodide)").first.wait_for(timeout=START)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("mine = 6 * 7")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(3000)
    page.reload()
    page.locator(".jp-Notebook").get_by_text("mine = 6").first.wait_for(timeout=START)
    page.close()


@needs_edition
def test_a_check_shows_its_card_where_there_is_a_network(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    answer = right_answers("conv_output_size")[0].source
    code = f"import numpy as np\nfrom autograder import check\n{answer}\ncheck.conv_output_size(conv_output_size)"
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    typed(page, address, code)
    page.locator(".jp-OutputArea-output").first.wait_for(timeout=RUN)
    page.wait_for_timeout(5000)
    if compiled() & set(failed):
        pytest.skip("Pyodide's network, from which NumPy comes, cannot be reached")
    page.get_by_text("cases pass").first.wait_for(timeout=RUN)
    page.close()
