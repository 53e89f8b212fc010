# Commands for users and developers. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.tools
SCALE := build/scale
TRAINER := build/train
MANIFESTS := build/manifests
LOCK := --quiet --system-certs --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast check quality train train-encoder train-head train-gate train-documents soak fuzz soak-serve bench bench-lake bench-scale bench-ingest format lock wheel audit check-manifests check-pythons clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# The locks hold versions and hashes, no index. uv installs in seconds, pip in minutes; pip is used
# where uv does not find the index that pip is configured with. System certificates are trusted, as
# company proxies need. --no-deps: the locks are complete, which old releases of pip do not see.
define install_lock
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r $(1) \
	  || $(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r $(1)
endef

$(INSTALLED): requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "policywire needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(call install_lock,requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@# Start each kind once to compile its modules, even where Python is set to write no bytecode.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/policywire --help > /dev/null
	@echo '{"id": 1, "kind": "headline", "text": "China bans gallium exports"}' \
	  | PYTHONDONTWRITEBYTECODE= $(BIN)/policywire extract > /dev/null 2>&1
	@# DuckDB imports pandas at its first query parameter.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -c 'import flows.pipeline, pandas'
	@touch $@

$(TOOLS): requirements-dev.lock $(INSTALLED)
	$(call install_lock,requirements-dev.lock)
	@touch $@

install: $(INSTALLED)  ## create .venv with the locked dependencies

demo: $(INSTALLED)  ## run one pass on the bundled feeds: fetch, extract, link, alert
	$(BIN)/policywire demo

# Some tests mostly wait: for a schedule, a server, a lease. A third process uses the cores meanwhile.
# xdist starts the files with the fewest tests last, which are the longest: tests/conftest.py sorts
# them instead. Many tests start programs, which find their modules compiled.
test: $(TOOLS)  ## run all tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-fast: $(TOOLS)  ## run the tests that need no server, about a minute on two idle cores
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/models tests/extractors \
	  $(addprefix tests/warehouse/,alerting articles events market)

check: $(TOOLS)  ## run ruff, mypy --strict and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TOOLS)  ## measure extraction speed and the time from article to notice (needs POLICYWIRE_SHARED)
	$(BIN)/python -m bench.extraction $(MORE)
	$(BIN)/python -m bench.latency

bench-lake: $(TOOLS)  ## compare two workers on a lake with one (needs POLICYWIRE_SHARED)
	$(BIN)/python -m bench.lake_workers $(MORE)

bench-scale: $(TOOLS)  ## measure loads and queries at 0, 100,000 and a million articles (needs POLICYWIRE_SHARED)
	@mkdir -p $(SCALE)
	@rm -f $(SCALE)/*.duckdb
	$(BIN)/python -m bench.load_corpus whitehouse $(SCALE)/corpus.duckdb --since 2025-01-01 --until 2026-12-31
	$(BIN)/python -m bench.scale grow $(SCALE)/corpus.duckdb $(SCALE)/small.duckdb --articles 100000 --developments 20000
	$(BIN)/python -m bench.scale grow $(SCALE)/corpus.duckdb $(SCALE)/big.duckdb
	for held in none small big none; do $(BIN)/python -m bench.scale load $(SCALE)/$$held.duckdb $(MORE) || exit 1; done
	$(BIN)/python -m bench.scale ask $(SCALE)/big.duckdb

soak: $(TOOLS)  ## run long tests: 1,000 notices and 50 loads with kills, ten minutes of readers
	POLICYWIRE_DEVELOPMENTS=1000 POLICYWIRE_KILLS=50 POLICYWIRE_READ_SECONDS=600 $(BIN)/python -m pytest \
	  tests/flows/test_delivery_killed.py tests/warehouse/test_crash.py tests/warehouse/test_readers.py

fuzz: $(TOOLS)  ## run the property tests on new random examples: 2,000 where a test sets no number
	$(BIN)/python -m pytest -n 2 --hypothesis-profile fuzz -m hypothesis

soak-serve: $(TOOLS)  ## run `policywire serve` for 25 minutes with a stop of five (needs POLICYWIRE_SHARED)
	$(BIN)/python -m bench.serve_soak --minutes 25 --stop-after 10 --stop-minutes 5 $(MORE)

bench-ingest: $(TOOLS)  ## compare fetching and storing with the `reader` package
	@test -x build/bench/bin/python || $(PYTHON) -m venv build/bench
	build/bench/bin/python -m pip install --quiet --disable-pip-version-check reader sgmllib3k
	$(BIN)/python -m bench.ingest --reader-python build/bench/bin/python
	$(BIN)/python -m bench.ingest --reader-python build/bench/bin/python --at-once 32
	$(BIN)/python -m bench.ingest --memory

# torch and its like lie in a venv of their own, which sees the locked packages of .venv as well.
$(TRAINER)/.installed: pyproject.toml $(TOOLS)
	$(PYTHON) -m venv $(TRAINER)
	@echo "import site; site.addsitedir('$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')')" \
	  > $$($(TRAINER)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/locked.pth
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["train"], sep="\n")' \
	  > $(TRAINER)/wanted.txt
	$(TRAINER)/bin/python -m pip install --quiet --disable-pip-version-check -r $(TRAINER)/wanted.txt
	@touch $@

# On two idle cores, at 13 ms a sample and pass: some 65 minutes for the five folds (three epochs
# each), 18 for the shipped encoder (four); head, gate and document model take twenty more. A killed
# training goes on after its last whole epoch.
train:  ## remake all weights from the labels in some 105 minutes on two idle cores (needs POLICYWIRE_SHARED)
	$(MAKE) train-encoder
	$(MAKE) train-head
	$(MAKE) train-gate
	$(MAKE) train-documents

train-encoder: $(TRAINER)/.installed  ## remake the encoder and its five folds (MORE="--fold 0" or MORE=--all for one)
	$(TRAINER)/bin/python -m extractors.training.encoder $(MORE)

train-head: $(TOOLS)  ## remake head and combination from the folds in build/reader
	$(BIN)/python -m extractors.training.train $(MORE)

train-gate: $(TOOLS)  ## remake the gate of n-grams, after encoder and head: it learns what they find
	$(BIN)/python -m extractors.training.ngrams

train-documents: $(TOOLS)  ## remake the document model, last: it reads what all others say
	$(BIN)/python -m extractors.training.documents $(MORE)

# setuptools would take what an older build left in build/lib.
wheel: $(INSTALLED)  ## build dist/policywire-*.whl
	rm -rf build/lib
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist/*.whl

audit: $(TOOLS)  ## write the SBOM dist/policywire.cdx.json; look the locked packages up among known vulnerabilities
	$(BIN)/python -m tests.audit $(MORE)

# The schemas are 108 MB, so they lie in a venv of their own.
check-manifests:  ## check docs/kubernetes.yaml against the schemas of Kubernetes
	@test -x $(MANIFESTS)/bin/kubernetes-validate || $(PYTHON) -m venv $(MANIFESTS)
	$(MANIFESTS)/bin/python -m pip install --quiet --disable-pip-version-check kubernetes-validate==1.37.0
	for v in 1.29.0 1.33.0 1.37.0; do $(MANIFESTS)/bin/kubernetes-validate --strict -k $$v docs/kubernetes.yaml || exit 1; done

check-pythons: $(INSTALLED)  ## install the wheel on Python 3.11 to 3.13, as far as they are here, and run it
	$(BIN)/python -m tests.pythons $(MORE)

quality: $(TOOLS)  ## score extraction and linking against the floors
	$(BIN)/python -m tests.quality.score

format: $(TOOLS)  ## format the code with ruff
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: $(INSTALLED)  ## update the locked dependencies
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra lake --extra dask \
	  --constraints requirements.lock $(LOCK) --output-file requirements-dev.lock

# Never var/: it holds warehouses, which cannot be rebuilt.
clean:  ## delete .venv, build/ and caches; keep the warehouses in var/
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find flows extractors models warehouse tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "deleted .venv, build, dist and caches"
	@if [ -e var ]; then echo "kept var/, which holds your warehouses; delete it yourself if you mean to"; fi
