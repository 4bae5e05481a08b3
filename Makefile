# make run · make test · make ask Q="…"     Each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
DOCS ?=
DATA ?= ../shared/data
INGEST = $(BIN)/pushback ingest $(if $(DOCS),"$(DOCS)",--if-empty eval/suites/sample/documents)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
COMPILE = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate
CUDA = ^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z-]+)==
SERVERS = --extra postgres --extra queue --extra serve --extra signin
NEWER ?=
but = $$(sed 's/==.*//; s/^/--no-emit-package /' .venv/lock/$(1))
relock = cp $(1) .venv/lock/new && $(COMPILE) --generate-hashes $(2) -o .venv/lock/new $(NEWER) > .venv/lock/told && \
  (grep '^\#' $(1); cat .venv/lock/new) > .venv/lock/whole && mv .venv/lock/whole $(1)
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

# The locks hold a version of each package, where it is needed, and the hash of every file of it that an index has, so that
# everybody gets the same on Linux, macOS and Windows. A version stays while it fits: `make lock NEWER=--upgrade` takes the newest.
# To be run where pip finds torch without CUDA.
lock:
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --upgrade pip uv
	cat requirements.lock requirements-torch.lock > .venv/lock/all
	$(COMPILE) pyproject.toml -o .venv/lock/all $(NEWER) > .venv/lock/told
	grep -E '$(CUDA)' .venv/lock/all > .venv/lock/torch
	grep -vE '$(CUDA)' .venv/lock/all > .venv/lock/rest
	$(call relock,requirements.lock,pyproject.toml -c .venv/lock/all $(call but,torch))
	$(call relock,requirements-torch.lock,pyproject.toml -c .venv/lock/all $(call but,rest))
	$(COMPILE) pyproject.toml --group dev -c .venv/lock/all | grep -Fxf .venv/lock/all > .venv/lock/known
	$(call relock,requirements-dev.lock,pyproject.toml --group dev -c .venv/lock/all $(call but,known))
	$(COMPILE) pyproject.toml $(SERVERS) -c .venv/lock/all | grep -Fxf .venv/lock/all > .venv/lock/known
	$(call relock,deploy/requirements-servers.lock,pyproject.toml $(SERVERS) -c .venv/lock/all $(call but,known))
	$(call relock,requirements-files.lock,--no-deps requirements-files.lock)
	echo pip-audit > .venv/lock/audit
	$(call relock,requirements-audit.lock,.venv/lock/audit)
	printf 'mkdocs-material\nmkdocstrings[python]\n' > .venv/lock/docs
	$(call relock,requirements-docs.lock,.venv/lock/docs)
	.venv/lock/bin/python -m pip download --quiet --no-deps --dest .venv/lock/wheel $$(grep -o '^torch==[0-9.]*' .venv/lock/torch)
	(echo "# The wheel of torch without CUDA, which comes from elsewhere than the rest."; \
	  echo "$$(grep -o '^torch==[0-9.]*' .venv/lock/torch)+cpu --hash=$$(.venv/lock/bin/python -m pip hash .venv/lock/wheel/*+cpu* | grep -o 'sha256:.*')" \
	  ) > requirements-torch-cpu.lock
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
