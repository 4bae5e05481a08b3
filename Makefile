# make run · make test · make ask Q="…"     Each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
DOCS ?=
INGEST = $(BIN)/pushback ingest $(if $(DOCS),"$(DOCS)",--if-empty eval/suites/sample/documents)
Q ?= What should we do about discounts?

.PHONY: run ask test check format lock clean

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

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks hold what a fresh environment got, so that everybody gets the same.
.venv/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv artifacts
