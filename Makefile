# `make test` and `make demo` need Python 3.11, make and a package index, nothing else.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2
export FLASK_APP := wsgi
export PYTHONWARNINGS := default::DeprecationWarning:plnapi

.PHONY: demo test test-sqlite test-pg test-peers run work check fix openapi migrate bench bench-progress requirements help

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(READY): requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

demo: $(READY)  ## a course, five students, a practice network; ONCE=1 prints and ends, SCENARIO=outage plays a file of demo/scenarios
	$(BIN)/python -m demo $(if $(ONCE),--once) $(if $(SCENARIO),--scenario $(SCENARIO))

test: test-sqlite test-pg  ## the whole suite, on SQLite and on PostgreSQL

test-sqlite: $(READY)
	PLN_TEST_DB=sqlite $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

test-pg: $(READY)
	PLN_TEST_DB=pg $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

test-peers: $(READY)  ## the same people's doings on real servers (installs them; needs root, Debian, PyPI and npm)
	PLN_TEST_PEERS=1 $(BIN)/python -m pytest -v tests/peers

run: $(READY)  ## serve with gunicorn
	$(BIN)/flask db upgrade
	$(BIN)/gunicorn

work: $(READY)  ## run the worker that looks at networks
	$(BIN)/flask jobs work

check: $(READY)  ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(READY)  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(READY)  ## write openapi.yaml again
	$(BIN)/flask openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml

migrate: $(READY)  ## bring the database to the newest schema
	$(BIN)/flask db upgrade

bench: $(READY)  ## measure, side by side
	$(BIN)/python -m bench

bench-progress: $(READY)  ## measure checklist, grid, facts and replay
	$(BIN)/python -m bench progress

requirements:  ## resolve the .in files again, with hashes (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt
