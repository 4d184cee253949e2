# The two commands are `make demo` and `make test`. Needs python3 ≥ 3.11 (pip, venv), make and git.
# All paths are relative, so that the checkout may lie in a folder with blanks in its name.

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
# Asked first and apart, because an older Python could not even read the script.
NEW_ENOUGH := import sys; sys.version_info >= (3, 11) or sys.exit("OpenILP needs Python 3.11 or later; this is \
%d.%d. Name a newer one: make PYTHON=python3.12 ..." % sys.version_info[:2])
SET_UP := $(PYTHON) -c '$(NEW_ENOUGH)' && $(PYTHON) scripts/set_up.py
WORKERS ?= 2

ifneq ($(wildcard ../shared/data),)
export OPENILP_TEST_DATA ?= $(CURDIR)/../shared/data
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-deep check bench bench-methods docs screenshots format clean

help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## Set everything up and serve the demo agency on http://localhost:$PORT (8000)
	@$(SET_UP) runtime
	@exec $(BIN)/openilp demo

test: ## Run every test, the journeys in a real browser included
	@$(SET_UP) chromium
	@$(SET_UP) dev
	@$(SET_UP) npm test --silent
	@$(RUN) -m pytest -n $(WORKERS) -m "not journey and not deep"
	@$(RUN) -m pytest -m "journey and not deep"

test-fast: ## Run the tests without the browser journeys
	@$(SET_UP) dev
	@$(RUN) -m pytest -n $(WORKERS) -m "not journey and not deep"

test-deep: ## Run every test with many more examples, and those that take minutes
	@$(SET_UP) chromium
	@$(SET_UP) java
	@$(SET_UP) dev
	@$(SET_UP) spark
	@$(SET_UP) npm test --silent
	@HYPOTHESIS_PROFILE=deep $(RUN) -m pytest -n $(WORKERS) -m "not journey"
	@$(RUN) -m pytest -m journey

check: ## Format, lint, types, import contracts, migrations, docs, secrets, locks
	@$(SET_UP) dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(BIN)/lint-imports
	$(RUN) scripts/check_migrations.py
	@$(SET_UP) npm run --silent typecheck
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet
	$(RUN) scripts/check_secrets.py
	$(RUN) scripts/check_locks.py

format: ## Format the code and mend what the linter can
	@$(SET_UP) dev
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

bench: ## Measure what is claimed about speed
	@$(SET_UP) dev
	@for script in benchmarks/bench_*.py; do case "$$script" in */bench_methods_*) continue;; esac; \
	echo "== $$script"; $(RUN) -m "benchmarks.$$(basename "$$script" .py)" || exit 1; done

bench-methods: ## Measure the analysis library beside its peers, and write docs/reference/benchmarks.md
	@$(SET_UP) dev
	@$(SET_UP) peers
	@$(RUN) -m benchmarks.methods

docs: ## Build the documentation into site/
	@$(SET_UP) dev
	$(RUN) -m mkdocs build --strict

screenshots: ## Take the pictures of README and docs from the demo agency
	@$(SET_UP) chromium
	@$(SET_UP) dev
	$(RUN) scripts/take_screenshots.py

clean: ## Remove all that was built or installed here; the data in $OPENILP_HOME stay
	rm -rf .venv .make site dist build frontend/node_modules src/openilp/web/static/dist src/openilp/analysis/fonts
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
