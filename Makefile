# `make help` lists the targets. Every tool is called through .venv/bin/python: the first line of
# a script in .venv/bin is limited in length by the kernel, and a long path breaks it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help setup setup-development run test check format soak lock try clean

# The first interpreter that is new enough; `make setup PYTHON=...` chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		>/dev/null 2>&1; then echo $$name; break; fi; done)
VENV_PYTHON := .venv/bin/python
PORT_HK ?= 8000
PORT_GD ?= 8001
DATA ?=
WORKERS ?= 2
TESTS ?=
SOAK ?= .data/soak

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		while IFS='|' read -r name text; do printf '  %-18s %s\n' "$$name" "$$text"; done

setup: ## Make .venv from the hashed run-time list; then .venv/bin/tongguan stands.
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or later with venv is needed' >&2; exit 1; }
	@$(PYTHON) tools/set_up.py

setup-development: ## Set up, with the development list and, where possible, Chromium and wrk.
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or later with venv is needed' >&2; exit 1; }
	@$(PYTHON) tools/set_up.py --development

run: setup ## Run the demonstration of two authorities (PORT_HK=8000 PORT_GD=8001 DATA=DIR).
	@exec .venv/bin/tongguan run --port-hk $(PORT_HK) --port-gd $(PORT_GD) \
		$(if $(DATA),--data "$(DATA)")

test: setup-development ## Run the whole test suite (WORKERS=2 TESTS=tests/core).
	@$(VENV_PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

check: setup-development ## Check format, lint, strict types, import law and tidy limits.
	@failed=0; \
	$(VENV_PYTHON) -m ruff format --check . || failed=1; \
	$(VENV_PYTHON) -m ruff check . || failed=1; \
	$(VENV_PYTHON) -m mypy || failed=1; \
	$(VENV_PYTHON) tools/import_law.py || failed=1; \
	$(VENV_PYTHON) tools/tidy.py || failed=1; \
	exit $$failed

format: setup-development ## Format the code and put right what the linter can.
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m ruff check --fix .

soak: setup-development ## Run the long tests, and the four soaks of places (SOAK=.data/soak).
	@$(VENV_PYTHON) -m pytest -n 0 -m soak $(TESTS)
	@$(VENV_PYTHON) -m soak --full --directory "$(SOAK)"

lock: setup-development ## Compile the lock lists in requirements/ anew (needs the package index).
	@$(VENV_PYTHON) tools/lock.py

try: ## Try a fresh clone of HEAD as root, as an ordinary user and under a long path.
	@$(PYTHON) tools/try_fresh_clone.py --port-hk $(PORT_HK) --port-gd $(PORT_GD)

clean: ## Remove .venv and what tools left behind; the demonstration's data stay.
	@rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
