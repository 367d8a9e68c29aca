# Ascolto: `make help` lists what can be done here.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export ASCOLTO_DATA ?= ./var/demo

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(VENV)/.product: pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "This Python cannot make environments; on Debian: apt install python3-venv"; exit 1; }
	@echo "Installing Ascolto into $(VENV) (first time: about a minute)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.developer: $(VENV)/.product
	@echo "Installing what the tests need…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.product ## a believable desk on http://127.0.0.1:8000 (PORT= to change)
	@$(BIN)/ascolto demo --port $(PORT)

test: $(VENV)/.developer ## the tests; what needs a browser, PostgreSQL, Redis or mail servers runs when these are found
	@$(BIN)/python scripts/tests.py

check: $(VENV)/.developer ## all that CI runs
	@$(BIN)/python scripts/check.py

fix: $(VENV)/.developer ## format, and mend what can be mended by itself
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/djade $$(git ls-files 'ascolto/**/*.html') || true

words: $(VENV)/.developer ## bring the catalogue of words up to date (needs gettext)
	@$(BIN)/python scripts/words.py extract

pictures: $(VENV)/.developer ## the pictures of the documentation anew, from a demo desk in Chromium
	@$(BIN)/python scripts/pictures.py

bench: $(VENV)/.developer ## benchmarks, as ratios against the named references
	@$(BIN)/python -m bench

.PHONY: help demo test check fix words pictures bench
