# Two commands are enough: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check-all lint bench bench-check bench-scale fuzz lock clean

run: .venv/run  ## make the environment, run the pipeline on data/raw, say which page to open
	$(BIN)/reviewpipe run

test: .venv/dev lint  ## everything that must hold before a commit
	$(BIN)/pytest -m "not slow"

check-all: .venv/dev lint  ## the slower checks, which `test` leaves out
	$(BIN)/pytest -m slow

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: .venv/dev  ## speed beside stock tools, in the same run
	$(BIN)/python benchmarks/bench.py

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reviewpipe needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/run

.venv/dev: .venv/bin/python requirements-dev.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/dev .venv/run

bench-check: .venv/dev  ## fails where a ratio is worse than the one in benchmarks/ratios.json by more than its spread
	$(BIN)/python benchmarks/bench.py --check

bench-scale: .venv/dev  ## time, memory and exact counts of 10,000 to a million reviews, and nearly equal ones among them
	$(BIN)/python benchmarks/scaling.py 10000 100000 1000000
	$(BIN)/python benchmarks/scaling.py 100000 --bad 0.1
	$(BIN)/python benchmarks/duplicates.py 100000

fuzz: .venv/dev  ## ten minutes of coverage-guided fuzzing of what reads foreign bytes
	for target in file paste json page; do \
	  nice $(BIN)/python tests/fuzz/targets.py $$target -max_total_time=150 || exit 1; \
	done

lock:  ## write both lock files anew (needs uv)
	uv pip compile --quiet pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -o requirements.lock
	uv pip compile --quiet pyproject.toml --group build --extra dev --extra bulk --extra dask --extra parquet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.lock

clean:  ## remove the environment and caches; data and reports stay
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache
