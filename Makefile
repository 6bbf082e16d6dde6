# `make demo` and `make test` each set everything up from nothing in `.venv`; `make help` lists the rest.
# Only relative paths are used, so that a space in the path of the checkout does no harm.

SHELL := /bin/sh
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready
LOCK := requirements.lock

.DEFAULT_GOAL := help
.PHONY: help demo test lint types pytest soak bench format docs lock dist clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

demo: $(READY) ## export the packaged example records and show what came out
	@$(BIN)/kg demo

test: lint types pytest ## everything that must hold: lint, types, tests

lint: $(READY) ## ruff: rules and layout
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## mypy, strict
	$(BIN)/mypy

pytest: $(READY) ## the tests and the doctests (ARGS="-k name" picks some)
	$(BIN)/python -m pytest -n 2 $(ARGS)

soak: $(READY) ## the long campaigns, apart from `make test`
	$(BIN)/python -m pytest -n 2 -m soak $(ARGS)

bench: $(READY) ## measure speed and memory (ARGS are passed on)
	$(BIN)/python benchmarks/bench.py $(ARGS)

format: $(READY) ## lay the code out, and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(READY) ## write the documents that are made from the ontology and the shapes
	$(BIN)/python docs/make.py

# No host name, path or header of the machine at hand may enter the lock.
lock: ## pin every dependency anew, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH (https://docs.astral.sh/uv/)." >&2; exit 1; }
	{ echo '# Every dependency, extra and development tool, pinned with hashes. Made by "make lock".'; \
	  uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.10 --upgrade \
	    --all-extras --group dev --generate-hashes --no-header --no-annotate --no-emit-index-url; \
	} > $(LOCK).new || { rm -f $(LOCK).new; exit 1; }
	mv $(LOCK).new $(LOCK)

dist: $(READY) ## build the wheel and the sdist into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build -d dist

clean: ## remove all that the other targets made
	rm -rf .venv dist kg-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The private environment: made by uv when it is on PATH, else by `venv` and pip; packages only from the lock. One that
# works already is kept, and follows a new lock.
$(READY): $(LOCK) pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "kg needs Python 3.10 or later, and '$(PYTHON)' is $$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo missing)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@if command -v uv >/dev/null; then $(with_uv); else $(with_pip); fi
	@touch $@

define with_uv
set -ex; \
$(BIN)/python -c '' 2>/dev/null \
  || uv venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; \
uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCK); \
uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
endef

# Debian parts `ensurepip` from `venv`: then virtualenv, or the pip of the system, fills the environment.
define with_pip
pip="$(BIN)/python -m pip"; \
$$pip --version >/dev/null 2>&1 \
  || { rm -rf .venv; $(PYTHON) -m venv .venv >/dev/null 2>&1; } \
  || { rm -rf .venv; $(PYTHON) -m virtualenv --quiet .venv >/dev/null 2>&1; } \
  || { rm -rf .venv; pip="$(PYTHON) -m pip --python $(BIN)/python"; \
       $(PYTHON) -m venv --without-pip .venv 2>/dev/null && $$pip --version >/dev/null 2>&1; } \
  || { rm -rf .venv; echo "No environment can be made: neither uv, nor venv with ensurepip, nor virtualenv, nor pip." >&2; \
       echo "On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
set -ex; \
$$pip install -qq --disable-pip-version-check --progress-bar off --require-hashes -r $(LOCK); \
$$pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
endef
