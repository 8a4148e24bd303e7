# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make demo   sets up, builds the demo's pages and names the one to open
#   make test   sets up, then lint, types, tests and notebooks
#   make bench  measures beside the rivals, and writes docs/benchmarks.md (BENCH=locate: one part)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2

.PHONY: demo maps test bench simulate clean help

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/.demo
	@$(BIN)/apkgeo demo build/modelov
	@cp build/modelov/maps/*.html maps/

# The products of the repository: the demo's pages and Modelov's boundaries.
maps: demo
	@cp build/modelov/hranice/*.geojson data/boundaries/modelov/

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) $(PYTEST_ARGS)

# The rivals stay out of the environment of the tests.
bench: $(VENV)-bench/.bench
	OMP_NUM_THREADS=1 $(VENV)-bench/bin/python -m tests.benchmarks $(BENCH)

# How often each method finds an effect where there is none, and where there is one.
simulate: $(VENV)/.test
	$(BIN)/python -m tests.simulations $(RUNS)

clean:
	rm -rf $(VENV) $(VENV)-bench build

# The pinned versions; a changed list or project file installs again.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "apkgeo needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1); run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv"; exit 2; }

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing apkgeo and its pinned dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing apkgeo, its pinned dependencies and the tools of its tests into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)-bench/.bench: pyproject.toml constraints.txt tests/benchmarks/rivals.txt
	@$(PYTHON) -m venv $(VENV)-bench
	@echo "Installing apkgeo and its rivals into $(VENV)-bench …"
	@$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -e '.[dev]' -r tests/benchmarks/rivals.txt
	@touch $@
