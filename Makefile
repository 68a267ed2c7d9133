# make demo   grade a made-up class and report on it
# make quick  style, types, and the tests that your change reaches: under two minutes
# make test   style, types, the generated notebooks, and every test
# make hooks  check style and the generated notebooks at each commit from now on
# make lab    open the notebooks
# make build  make the students' notebooks from the solutions
# make site   the website, in build/site/html
# make lite   notebooks 01 to 06 in a browser's tab (beta), into the website, and try them there
# make bench  measure; results go to benchmarks/
# make lock   take the newest versions that fit into requirements.lock
# make clean  remove what these made
# Each makes .venv first. Another Python or environment: make test PYTHON=python3.12 VENV=…

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
QUICK_SECONDS := 80

.PHONY: demo quick test style types generated hooks lab build site lite bench lock clean sandbox

demo: $(READY) sandbox
	$(BIN)/autograder demo

# mypy takes a minute without its cache, so the last test starts a fixed time after the start of it all;
# `autograder build --check` takes too long for every edit: its test runs when a notebook changes
quick: $(READY) sandbox
	@set -e; end=$$(($$(date +%s) + $(QUICK_SECONDS))); set -x; \
	  $(BIN)/ruff check .; \
	  $(BIN)/ruff format --check .; \
	  $(BIN)/mypy; \
	  $(BIN)/pytest --quick --quick-end $$end

# types and notebooks are single processes: side by side on two cores
test: $(READY) sandbox
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target style types generated
	$(BIN)/pytest

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy needs PyTorch for the types of what uses it
types: $(READY)
	@if $(BIN)/python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is None)'; \
	  then set -x; $(BIN)/mypy; else echo "types are not checked: PyTorch is not installed"; fi

generated: $(READY)
	$(BIN)/autograder build --check

hooks: $(READY)
	$(BIN)/pre-commit install

lab: $(READY)
	$(BIN)/autograder lab

build: $(READY)
	$(BIN)/autograder build

# the first time it runs all ten notebooks, which takes a quarter of an hour
site: $(READY)
	$(BIN)/python -m website

lite: $(READY)
	$(BIN)/python -m website.lite
	CNN_COURSE_LITE=build/site/html/lite $(BIN)/pytest -n 0 tests/website/test_lite.py

bench: $(READY)
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

lock:
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  $(PYTHON) -m venv "$$folder"; \
	  "$$folder/bin/pip" install --quiet '.[dev]'; \
	  { head -1 requirements.lock; "$$folder/bin/pip" freeze --all --exclude pip --exclude cnn-course | sed 's/+[a-z0-9.]*$$//'; } > "$$folder/lock"; \
	  cp "$$folder/lock" requirements.lock

# written last, so that an installation that was broken off is made again
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version 2>&1)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch $(READY)

# what keeps a student's code from everything else; without it grading stops, and the tests of it are skipped
sandbox:
	@command -v bwrap > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
	  { apt-get -qq update && apt-get -qq install --yes bubblewrap; } > /dev/null; } || \
	  echo "bubblewrap is not installed, so students' code cannot be run in a sandbox here: see docs/grading.md"

clean:
	rm -rf $(VENV) build *.egg-info demo-course .mypy_cache .ruff_cache .pytest_cache
