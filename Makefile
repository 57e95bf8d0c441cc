# What a developer, an operator trying the product, and the checks call. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PORT ?= 8000
PYTEST_ARGS ?= -n 2 --dist loadfile -q
VENV := .venv
PY := $(VENV)/bin/python

# The first of these that is Python 3.11 or newer makes the virtual environment.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

# Counts packages while pip fetches them, and shows in full only what is not routine.
PROGRESS = awk -v all="$$(grep -c '==' requirements.txt)" \
	'/^(Collecting|Processing|Requirement already)/ { n++; if (n % 10 == 0) { print "  " n " of " all " packages"; fflush() }; next } \
	/^Installing collected/ { print "  unpacking (the longest part, 20 seconds or so) ..."; fflush(); next } \
	/^(Looking in|Using cached|Downloading|Obtaining|Preparing|Successfully| |$$|\[notice\])/ { next } { print; fflush() }'

.PHONY: help setup environment frontend demo services-demo port-is-free test lint format lock bench bench-documents bench-graph bench-dense bench-case bench-reading bench-planted bench-bulk bench-api whole-file clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: environment frontend ## prepare everything, start nothing

environment: $(VENV)/.requirements

frontend: $(VENV)/.requirements
	@$(PY) -m config.frontend

$(VENV)/.made:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed and none was found on the PATH." >&2; \
		echo "On Debian or Ubuntu: apt install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: its venv module is not installed." >&2; \
		echo "On Debian or Ubuntu: apt install $$(basename $(PYTHON))-venv" >&2; exit 1; }
	@echo "Virtual environment: making $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.requirements: requirements.txt | $(VENV)/.made
	@echo "Packages: fetching $$(grep -c '==' requirements.txt) pinned packages, each checked by its hash (a minute or so) ..."
	@$(PY) -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r requirements.txt | $(PROGRESS)
	@touch $@
	@echo "Packages: up to date."

port-is-free:
	@[ -n "$(PYTHON)" ] || exit 0; "$(PYTHON)" -c 'import socket; s = socket.socket(); \
		s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null || { \
		echo "Port $(PORT) is in use. Choose another: make $(MAKECMDGOALS) PORT=$$(( $(PORT) + 1 ))" >&2; exit 1; }

# The demonstration is the embedded default: SQLite and one worker, whatever the environment names.
DEMO = env -u DATABASE_URL -u REDIS_URL CLEARORIGIN_MODE=demo SITE_URL=http://127.0.0.1:$(PORT)

demo: port-is-free setup ## prepare, fill with demonstration data, serve on http://127.0.0.1:PORT (default 8000)
	@echo "Database: migrating ..."
	@$(DEMO) $(PY) manage.py migrate --noinput --verbosity 0
	@$(DEMO) $(PY) manage.py load_reference_data
	@echo "Demonstration: filling in what is not there yet ..."
	@$(DEMO) $(PY) manage.py seed_demo
	@echo
	@echo "ClearOrigin serves on http://127.0.0.1:$(PORT) (stop with Ctrl-C)"
	@exec $(DEMO) $(PY) manage.py serve --port $(PORT)

# The services of docker-compose.yml, by their own commands, on this machine's PostgreSQL and Redis.
services-demo: export CLEARORIGIN_MODE = demo
services-demo: export SITE_URL = http://127.0.0.1:$(PORT)
services-demo: export DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/clearorigin)
services-demo: export REDIS_URL := $(or $(REDIS_URL),redis://127.0.0.1:6379/0)
services-demo: port-is-free setup ## the same product in the production shape: PostgreSQL, Redis, gunicorn, Celery, beat
	@exec $(PY) -m config.native --port $(PORT)

test: setup ## run the tests (PYTEST_ARGS narrows them; DATABASE_URL and REDIS_URL choose PostgreSQL and Redis)
	@$(PY) -m pytest $(PYTEST_ARGS)

lint: setup ## style, types, missing migrations, Django's deployment check
	@echo "ruff check";             $(VENV)/bin/ruff check --quiet .
	@echo "ruff format --check";    $(VENV)/bin/ruff format --quiet --check .
	@echo "mypy";                   $(VENV)/bin/mypy --no-error-summary
	@echo "makemigrations --check"; $(PY) manage.py makemigrations --check --dry-run
	@echo "check --deploy";         $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

# Production variables of no real site: what check --deploy needs to see the settings that production has.
PRODUCTION = CLEARORIGIN_MODE=production ALLOWED_HOSTS=clearorigin.example DATABASE_URL=postgres://db/clearorigin \
	REDIS_URL=redis://redis/0 SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')

format: environment ## put code into the project's style
	@$(VENV)/bin/ruff check --quiet --fix . || true
	@$(VENV)/bin/ruff format .

lock: environment ## pin anew what requirements.in names; what runs in production is pinned to the same versions
	@$(PY) -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<1'
	@$(VENV)/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' \
		requirements.in -o requirements.txt
	@sed '/^# tests and checks/,$$d' requirements.in | $(VENV)/bin/uv pip compile --quiet --generate-hashes \
		--python-version 3.11 --custom-compile-command 'make lock' -c requirements.txt --no-annotate \
		- -o requirements-production.txt
	@echo "requirements.txt: $$(grep -c '==' requirements.txt) pins; requirements-production.txt: $$(grep -c '==' requirements-production.txt)"

bench-graph: setup ## measure the exposure index on a made network; SUPPLIERS=1000000 for the large one
	@$(PY) -m bench.graph --suppliers $(or $(SUPPLIERS),10000)

bench-dense: setup ## measure a screening run over a dense made network
	@$(PY) -m bench.dense

bench-case: setup ## measure the pages of a large case for the office and for the importer
	@$(PY) -m bench.case_page

bench-reading: setup ## measure reading: text, scans, memory, hostile files, and screening while scans are read
	@$(PY) -m bench.reading

bench-planted: setup ## planted faults found and false alarms, by code; ARGS=--truth, ARGS="--text --here --times 20"
	@$(PY) -m bench.planted $(ARGS)

bench-bulk: setup ## measure shipments sent in bulk, stored and screened; DATABASE_URL names a PostgreSQL server
	@$(PY) -m bench.bulk --shipments $(or $(SHIPMENTS),10000)

bench-documents: setup ## grade the reading of papers by an index of what people read: INDEX=FILE.csv, both halves apart
	@$(PY) -m bench.documents $(INDEX)

whole-file: setup ## a made cotton file, a third of it scanned, from upload to packet in the browser; PAGES=300
	@WHOLE_FILE_PAGES=$(or $(PAGES),300) WHOLE_FILE_SCANNED=0.33 $(PY) -m pytest -q -s tests/browser/test_whole_file.py

bench-api: setup ## measure the API under gunicorn on PostgreSQL and Redis; ARGS="wait lists --rows 2000000"
	@$(PY) -m bench.api $(ARGS)

bench: setup ## measure screening, name matching and reading; writes bench-results/*.json
	@$(PY) -m bench

clean: ## remove what was built; the data in var/ stays
	@rm -rf $(VENV) node_modules config/static/uswds staticfiles bench-results test-results \
		.mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
