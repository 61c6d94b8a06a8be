# Each target sets up what it needs: the virtual environment is made when it is missing and brought up to
# date when pyproject.toml changes. Arguments for the program behind a target go into ARGS:
#   make run ARGS=--log-level=DEBUG      make test ARGS='-k wal -x'
PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help venv run test test-long lint format bench demo clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

venv: $(STAMP) ## set up the virtual environment, nothing else

# `python -m venv` on an existing environment keeps it; --clear would throw away what a user put there.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Lithograph needs Python 3.11 or later, and $(PYTHON) is {v[0]}.{v[1]}. Try: make PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(STAMP) ## start a server on 127.0.0.1:7687, data in ./mg_data
	$(BIN)/lithograph serve --bolt-address=127.0.0.1 --bolt-port=7687 $(ARGS)

test: $(STAMP) ## run the tests, but for the long ones
	$(BIN)/pytest -n 2 $(ARGS)

test-long: $(STAMP) ## run the long tests only
	$(BIN)/pytest -n 2 -m long --timeout=1200 $(ARGS)

lint: $(STAMP) ## style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

format: $(STAMP) ## sort imports and lay the code out
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure, and print a table
	$(BIN)/python -m benchmarks.suite $(ARGS)

demo: $(STAMP) ## load, query, kill, recover, back up and dump, against a real server process
	$(BIN)/python -m benchmarks.demo $(ARGS)

clean: ## remove the environment, caches and build products (data directories stay)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
