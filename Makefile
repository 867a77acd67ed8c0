# The project's commands. Everything they need goes into .venv; nothing else on the machine changes,
# except that `make test` installs Chromium and PostgreSQL where it is allowed to.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
HISTORIES ?= 2000
# One more than there are processors: some tests wait for servers and browsers.
WORKERS ?= $(shell expr $$(nproc) + 1)

BIN := .venv/bin
READY := .venv/.ready
VENDOR := network/static/vendor/manifest.json
UV := $(BIN)/uv --no-config --quiet
NODE = $(if $(shell command -v npm 2>/dev/null),,requirements/node.txt)
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help setup run test nightly tools lint types bench bench-large lock assets clean
.DELETE_ON_ERROR:

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: $(READY) $(VENDOR) ## Make .venv with everything locked (at once, if it is there)

run: export COMMONWEAL_INSTANCE ?= instance
run: setup ## Serve a demo network at http://127.0.0.1:$(PORT) (PORT=, COMMONWEAL_INSTANCE=)
	$(BIN)/commonweal demo --if-empty
	$(BIN)/commonweal serve --port $(PORT)

test: setup tools ## Run every test (ARGS="-k asks" goes to pytest)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

nightly: setup tools ## Let people act in HISTORIES=2000 random orders of 30 steps instead of a few
	COMMONWEAL_TEST_EXAMPLES=$(HISTORIES) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal \
		$(shell grep -rl EXAMPLES --include="test_*.py" tests) $(ARGS)

tools: ## Install Chromium and PostgreSQL for the tests, where apt and root are there
	@sh scripts/tools.sh

lint: setup ## Check style, format, templates and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet network/templates
	$(BIN)/lint-imports

types: setup ## Check the types
	$(BIN)/mypy

bench: setup ## Measure a network of 10,000: one line of JSON a figure
	$(BIN)/python -m bench $(ARGS)

bench-large: setup ## Measure the search of a network of 100,000
	$(BIN)/python -m bench --large $(ARGS)

lock: $(READY) ## Write requirements/*.txt and package-lock.json anew (ARGS=--upgrade: newer versions)
	$(COMPILE) $(ARGS) --all-extras pyproject.toml -o requirements/run.txt
	$(COMPILE) $(ARGS) --all-extras --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
	$(COMPILE) $(ARGS) --group node -o requirements/node.txt
	$(COMPILE) $(ARGS) --group uv -o requirements/uv.txt
	$(BIN)/python scripts/assets.py --lock

assets: $(READY) ## Fetch the front end's files from npm, if they are not there
	$(BIN)/python scripts/assets.py

clean: ## Remove everything that was made here, except the instance folder
	rm -rf .venv node_modules network/static/vendor tests/vendor build dist .coverage htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two commands install: a hashed file cannot hold the project itself, which has no hash.
$(READY): pyproject.toml requirements/dev.txt requirements/node.txt requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make setup PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "python3 -m venv failed: on Debian, apt-get install python3-venv."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	VIRTUAL_ENV=.venv $(UV) pip sync --require-hashes requirements/dev.txt $(NODE)
	$(BIN)/python scripts/assets.py
	VIRTUAL_ENV=.venv $(UV) pip install --no-deps --no-build-isolation -e .
	@touch $@

$(VENDOR): $(READY) package-lock.json scripts/assets.py
	@$(BIN)/python scripts/assets.py
