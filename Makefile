# make demo, make test: on a fresh machine with Python 3.11 or newer. Everything stays in .venv and ./appendix.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# Two workers are faster than one on two cores, and no slower on more.
PYTEST_FLAGS ?= -n 2

.PHONY: help setup demo test test-oldest lint format bench constraints clean

help:
	@echo 'make demo    read the shipped study into a ledger and render its appendix into ./appendix'
	@echo 'make test    run the tests, on SQLite and on PostgreSQL'
	@echo 'make lint    check style and types'
	@echo 'make bench   measure, side by side with what the measurement is held against'

setup: .venv/ready

# Made again whenever what is to be installed changes. The releases and their hashes are in constraints.txt.
.venv/ready: pyproject.toml constraints.txt tests/cockroachdb.txt
	@test -n "$(PYTHON)" || { echo 'This needs Python 3.11 or newer; install it, or say which with make PYTHON=/path/to/python.' >&2; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv || { echo 'Python has no venv here; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement tests/cockroachdb.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch .venv/ready

demo: .venv/ready
	$(BIN)/evidence demo

test: .venv/ready
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/ready
	$(BIN)/python -m bench

# The same suite and the same tools, with the oldest releases that pyproject.toml allows the program.
.venv-oldest/ready: pyproject.toml constraints.txt tests/oldest.txt .venv/ready
	rm -rf .venv-oldest
	$(BIN)/python -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/oldest.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement tests/cockroachdb.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch .venv-oldest/ready

test-oldest: .venv-oldest/ready
	.venv-oldest/bin/python -m pytest $(PYTEST_FLAGS)

# Needs uv. Afterwards read the difference: these releases are what everybody installs.
constraints:
	UV_CUSTOM_COMPILE_COMMAND='make constraints' uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --extra postgres --group dev pyproject.toml \
		--output-file constraints.txt

clean:
	rm -rf .venv .venv-oldest appendix demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
