# make run · make test · make ask Q="…"     Each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
DOCS ?=
DATA ?= ../shared/data
INGEST = $(BIN)/pushback ingest $(if $(DOCS),"$(DOCS)",--if-empty eval/suites/sample/documents)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
FREEZE = .venv/lock/bin/python -m pip freeze --all --exclude pip --exclude uv --exclude-editable | sed 's/+cpu//'
HASHED = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
Q ?= What should we do about discounts?

.PHONY: run ask test gate mutants bench docs pictures format lock audit clean

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
	$(BIN)/pytest -n 2 --dist loadfile

# Two suites, each against the baseline that was accepted; reports are in artifacts/eval. Their libraries are kept in
# artifacts/libraries, so that only the first run reads the documents.
gate: .venv/run
	$(BIN)/pushback eval run eval/suites/sample/suite.yaml eval/suites/works/suite.yaml --jobs 2

# Faults put into the program one at a time, and which of them gate and tests notice; more than an hour.
mutants: .venv/dev
	$(BIN)/python -m eval.scripts.mutants

# What it costs against the bare libraries, as ratios: on documents of the repository, or on the textbook where DATA holds it
# (`python -m eval.benchmarks.sources` says where that is from). Its library is made once for those that ask it.
bench: .venv/run
	@failed=0; home=$$(mktemp -d); \
	for name in startup throughput linear resync question memory; do \
	  echo "$$name"; $(BIN)/python -m eval.benchmarks.$$name --data "$(DATA)" --home "$$home" || failed=1; \
	done; rm -rf "$$home"; exit $$failed

# The documentation as a site, in `site`; a broken link or docstring ends it.
docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 .venv/docs/bin/mkdocs build --strict --quiet

.venv/docs: requirements-docs.lock
	rm -rf $@ && $(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-docs.lock

# The pictures of README and docs, drawn from the sample documents in a browser; run it after a change of models or pages.
pictures: .venv/dev
	$(BIN)/python -m eval.scripts.pictures

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks hold what a fresh environment got, with the hash of every file of it that an index has, so that everybody gets
# the same; `make lock` makes it again, where pip finds torch without CUDA.
lock:
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --upgrade pip setuptools uv
	.venv/lock/bin/python -m pip install --quiet --editable .
	$(FREEZE) > .venv/lock/run
	.venv/lock/bin/python -m pip install --quiet --group dev
	$(FREEZE) | grep -Fxvf .venv/lock/run > .venv/lock/dev
	grep '^torch==' .venv/lock/run > .venv/lock/torch
	.venv/lock/bin/python -m pip download --quiet --no-deps --dest .venv/lock/wheel -r .venv/lock/torch
	(echo "# What a fresh environment got from pyproject.toml, but for torch."; \
	  grep -v '^torch==' .venv/lock/run | $(HASHED) --no-deps -) > requirements.lock
	(echo "# The wheel of torch without CUDA, which comes from elsewhere than the rest."; \
	  echo "$$(cat .venv/lock/torch)+cpu --hash=$$(.venv/lock/bin/python -m pip hash .venv/lock/wheel/*+cpu* | grep -o 'sha256:.*')" \
	  ) > requirements-torch-cpu.lock
	(echo "# Torch as the public index has it, where there is no other: on Linux with CUDA, and what that needs."; \
	  $(HASHED) .venv/lock/torch --constraints .venv/lock/run \
	  $$(grep -v '^torch==' .venv/lock/run | sed 's/==.*//; s/^/--no-emit-package /')) > requirements-torch.lock
	(echo "# On top of requirements.lock: tests, linters, the browser's driver (which downloads no browser)."; \
	  $(HASHED) --no-deps .venv/lock/dev) > requirements-dev.lock
	(grep '^#' requirements-files.lock; $(HASHED) --no-deps requirements-files.lock) > .venv/lock/files
	mv .venv/lock/files requirements-files.lock
	(echo "# The tool of the weekly look for known faults in what the other locks hold."; \
	  echo pip-audit | $(HASHED) -) > requirements-audit.lock
	(echo "# What builds the documentation's site."; \
	  printf 'mkdocs-material\nmkdocstrings[python]\n' | $(HASHED) -) > requirements-docs.lock
	rm -rf .venv/lock

# Known faults in what is locked, as the public index tells them.
audit: .venv/audit
	.venv/audit/bin/pip-audit --disable-pip --require-hashes \
	  -r requirements.lock -r requirements-torch.lock -r requirements-dev.lock -r requirements-files.lock

.venv/audit: requirements-audit.lock
	rm -rf $@ && $(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-audit.lock

.venv/run: requirements.lock requirements-torch-cpu.lock requirements-torch.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --require-hashes -r requirements-torch-cpu.lock 2>/dev/null || $(INSTALL) --require-hashes -r requirements-torch.lock
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.lock requirements-files.lock .venv/run
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-files.lock
	@touch $@

clean:
	rm -rf .venv artifacts site
