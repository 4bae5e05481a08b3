# make run · make test · make ask Q="…"     Each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
DOCS ?=
DATA ?= ../shared/data
INGEST = $(BIN)/pushback ingest $(if $(DOCS),"$(DOCS)",--if-empty eval/suites/sample/documents)
FREEZE = .venv/lock/bin/python -m pip freeze --quiet --exclude-editable | sed 's/+cpu//'
Q ?= What should we do about discounts?

.PHONY: run ask test gate bench format lock clean

run: .venv/run
	@$(INGEST)
	@$(BIN)/pushback ui

ask: .venv/run
	@$(INGEST)
	@$(BIN)/pushback ask "$(Q)"

test: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

# The sample suite, against the baseline that was accepted. Its report is in artifacts/eval/sample.
gate: .venv/run
	$(BIN)/pushback eval run eval/suites/sample/suite.yaml

# What it costs against the bare libraries, as ratios; the textbook's library is made once for those that ask it.
bench: .venv/run
	@failed=0; home=$$(mktemp -d); \
	for name in startup throughput resync question memory; do \
	  echo "$$name"; $(BIN)/python -m eval.benchmarks.$$name --data "$(DATA)" --home "$$home" || failed=1; \
	done; rm -rf "$$home"; exit $$failed

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks hold what a fresh environment got, so that everybody gets the same; `make lock` gets it anew.
lock:
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --upgrade pip
	.venv/lock/bin/python -m pip install --quiet --editable .
	(echo "# What a fresh environment got from pyproject.toml. No CUDA package is among them."; $(FREEZE)) > requirements.lock
	.venv/lock/bin/python -m pip install --quiet --group dev
	(echo "# On top of requirements.lock: tests, linters, the browser's driver (which downloads no browser)."; \
	  $(FREEZE) | grep -Fxvf requirements.lock) > requirements-dev.lock
	rm -rf .venv/lock

.venv/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/dev: requirements-dev.lock requirements-files.lock .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-files.lock
	@touch $@

clean:
	rm -rf .venv artifacts
