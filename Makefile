# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
ENV := .venv
BIN := $(ENV)/bin
LOCK := requirements-dev.txt
# One more than cores: some tests wait for a server.
WORKERS ?= $(shell expr $$(nproc) + 1)

STATIC := src/civic_ai/web/static
ASSET_SOURCES := assets/build.mjs assets/package-lock.json $(wildcard assets/styles/*) $(wildcard assets/scripts/*)

.PHONY: help env run test check lock locale reference examples demo assets asset-packages clean

help:  ## List the targets.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

env: $(ENV)/.made  ## Make the environment from the lock.

$(ENV)/.made: $(LOCK) pyproject.toml
	$(PYTHON) -m venv $(ENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

run: env  ## Take the example city the whole way to a sealed dossier. Exit codes 0 and 3 both mean done.
	@$(BIN)/civic-ai run pilots/example-potholes || [ $$? -eq 3 ]

# Some hundred child processes would else compile everything anew.
# A file is one worker's: its fixtures are made once.
test: export PYTHONDONTWRITEBYTECODE =
test: env  ## The whole suite.
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: env  ## Format, lint, types, layers.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

assets: asset-packages $(STATIC)/manifest.json  ## Build what the desk's pages load (needs Node and npm).

asset-packages: assets/node_modules/.made

assets/node_modules/.made: assets/package-lock.json
	cd assets && npm ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
	touch $@

$(STATIC)/manifest.json: $(ASSET_SOURCES) assets/node_modules/.made
	node assets/build.mjs $(STATIC)

lock: env  ## Resolve the development environment again, with hashes, for Python 3.11 to 3.13.
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--extra dev pyproject.toml --output-file $(LOCK)

locale: env  ## Collect every sentence and update the catalogues.
	$(BIN)/python -m tools.locale

reference: env  ## Generate the tables and pages that come from code.
	$(BIN)/python -m tools.reference

examples: env  ## Rebuild the example city's public cards in governance/examples.
	$(BIN)/python -m tools.examples

demo: env  ## Seal the demo's dossiers again, from a run of the example city.
	$(BIN)/python -m tools.demo

clean:  ## Remove the workspace and caches, not the environment.
	rm -rf workspace .mypy_cache .ruff_cache .pytest_cache .hypothesis
