# From a bare Python 3.11 (with venv) and make: `make demo`, `make test`.

PYTHON ?= $(shell for python in python3.11 python3; do \
	$$python -c '' 2>/dev/null && command -v $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
APP := $(VENV)/.app-installed
DEV := $(VENV)/.dev-installed

# Two cores. One file's tests stay on one worker, so that what they share is built once.
PYTEST_FLAGS ?= -n 2 --dist loadfile
UV ?= uv

.PHONY: install demo test test-postgres ground check bench lint format messages lock clean
.DEFAULT_GOAL := install

install: $(APP) ## the virtual environment with what the program needs

demo: $(APP) ## make the invented county and serve it on this machine only
	$(BIN)/bangfu demo

test: lint ## everything: linters, contracts, all tests
	$(BIN)/pytest $(PYTEST_FLAGS)

# What uses the database of the process it runs in; other tests make databases of their own.
# The canary is looked for in SQLite's own files.
ON_POSTGRES = tests/records tests/leaks tests/web tests/story --ignore=tests/leaks/test_canary.py
test-postgres: $(DEV) ## the tests that use the database on a throwaway PostgreSQL server
	$(BIN)/python -m tests.cluster $(BIN)/pytest $(PYTEST_FLAGS) \
		--durations=10 --durations-min=10 $(ON_POSTGRES)

ground: $(DEV) ## what takes long: the slow tests of the ground
	$(BIN)/pytest $(PYTEST_FLAGS) --durations=20 --durations-min=10 tests/ground

check: lint ## linters, contracts and the rules of the house, without the tests of what it does
	$(BIN)/pytest -q tests/house

bench: $(DEV) ## each measurement in turn
	@set -e; for file in bench/*.py; do \
		[ -e "$$file" ] || continue; echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file"; \
	done

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV) ## mend what the linters can mend by themselves
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

messages: $(APP) ## collect the texts to translate, and compile the translations (needs gettext)
	mkdir -p src/bangfu/locale
	cd src/bangfu && ../../$(BIN)/django-admin makemessages -l zh_Hans --no-location --no-obsolete
	cd src/bangfu && ../../$(BIN)/django-admin compilemessages -l zh_Hans

# Both locks, from requirements*.in. `make lock LOCK_FLAGS=--upgrade` takes the newest allowed.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header $(LOCK_FLAGS)
lock: ## write the pinned and hashed requirements (needs uv)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean: ## remove what can be made again; the data folder stays
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' || \
		{ echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(APP): requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.txt $(APP)
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
