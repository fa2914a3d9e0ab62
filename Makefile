# make run | test | record | check | bench. Everything runs in .venv, made from requirements*.txt.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run test record check bench

# The environment is made anew where the requirements are newer than it.
$(VENV)/.installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Migrate, load the record into an empty database, and serve it on loopback.
run: $(VENV)/.installed
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_record --if-empty
	@$(MANAGE) first_account
	@$(MANAGE) runserver 127.0.0.1:$(PORT)

# Nothing but Python and requirements.txt; what wants a browser or a server is skipped by name.
test: $(VENV)/.installed
	$(BIN)/python -m pytest $(ARGS)

# Migrate the database at DATABASE_URL, and bring in every fixture of the record.
record: $(VENV)/.installed
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) load_record

# Lint, format, types, missing migrations, Django's own checks, and the record's rules.
check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy config lineage
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check

# Measurements, side by side with a peer or a limit in one run.
bench: $(VENV)/.installed
	$(BIN)/python -m tests.benchmarks.kin $(ARGS)
	$(BIN)/python -m tests.benchmarks.pages
	$(BIN)/python -m tests.benchmarks.finding
	$(BIN)/python -m tests.benchmarks.loading
	$(BIN)/python -m tests.benchmarks.charts
