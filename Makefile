# Everything a person runs here. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock quality train bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# The lock names versions and hashes, no index: pip asks the one this machine is set up with.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("policywire needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(INSTALLED)  ## create .venv and install the lock

demo: $(INSTALLED)  ## the whole path on bundled feeds: fetch, extract, link, alert
	$(BIN)/policywire demo

test: $(INSTALLED)  ## the test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(INSTALLED)  ## ruff, mypy --strict, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format:  ## rewrite the code as ruff formats it
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock:  ## pin all dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra lake --extra dask --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

train: $(INSTALLED)  ## train the extraction head (needs ../shared; MORE="labelled.jsonl ...")
	$(BIN)/python -m extractors.training $(MORE)

quality: $(INSTALLED)  ## score extraction and compare with the floors
	$(BIN)/python -m tests.quality.score $(MORE)

clean:  ## forget .venv, caches and the demo's data
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
