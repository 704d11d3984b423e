# The course in one word each. Everything happens in .venv, which the first command makes.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CLASS_FOLDER ?= .
export CLASS_FOLDER
# nbgrader calls `alembic` by its name.
export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: help named install sandbox servers doctor assignments demo lint test prove check release grade bench clean

help:            ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## +/\t/' | expand -t 14

install: $(VENV)/installed sandbox

# Grading wants bubblewrap. Where it is missing and may be installed, it is; else the grader takes its own locks and says so.
sandbox:
	@command -v bwrap >/dev/null || [ "$$(uname)" != Linux ] || { \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	  { command -v apt-get && $$SUDO apt-get update && $$SUDO apt-get install -y bubblewrap; } >/dev/null 2>&1 \
	  || echo "bubblewrap is missing and could not be installed: $(BIN)/python -m autograder doctor says what that means"; }

$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

demo: install    ## a small class graded before your eyes, in demo/
	$(BIN)/python -m autograder demo

assignments: install ## assignments/ from source/, through nbgrader
	$(BIN)/python -m autograder assignments

release: assignments ## the student bundle, as a folder and a zip in dist/
	$(BIN)/python -m autograder release

grade: named install ## grades what is new in submitted/, with feedback: make grade A=conv-layers
	$(BIN)/python -m autograder grade $(A) --feedback

# Without a name it stops before anything is installed.
named:
	@[ -n "$(A)" ] || { echo "Which assignment? For example: make grade A=conv-layers"; exit 2; }

bench: install   ## grading beside plain nbgrader, and the layers beside Keras, as ratios in one run
	$(BIN)/python -m autograder bench grading
	$(BIN)/python -m autograder bench layers

# Some tests want a real PostgreSQL; where it is missing and may not be installed, they say that they are skipped.
servers:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || [ "$$(uname)" != Linux ] || { \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	  { command -v apt-get && $$SUDO apt-get update && $$SUDO apt-get install -y postgresql; } >/dev/null 2>&1 \
	  || echo "PostgreSQL is missing and could not be installed: its tests are skipped"; }

test: install servers ## all tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup

prove: install   ## every mutant of the solutions is caught, or known as equivalent
	$(BIN)/python -m autograder prove

lint: install    ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test prove ## style, types, tests and mutants: what CI runs

doctor: install  ## what isolates students' code on this machine, proved by trying to break out
	$(BIN)/python -m autograder doctor

clean:           ## removes the demonstration and what was built
	rm -rf demo dist build *.egg-info
