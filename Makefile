# Everything a developer runs. `make help` explains itself; the environment in .venv is made on first use.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python here that retailflow supports; override with `make PYTHON=/path/to/python …`.
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c '$(SUPPORTED)' >/dev/null 2>&1; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
RETAILFLOW := $(BIN)/retailflow
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark

.PHONY: help env demo test check format lint types imports generated sql soak bench northwind lock clean

help: ## Show this list
	@echo 'retailflow: one YAML file per source table in, everything that carries it to a star schema out.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: $(READY) ## Make or refresh the environment in .venv (the other targets do this themselves)

$(LOCKED): requirements.lock
	@test -n '$(PYTHON)' || { echo 'retailflow needs Python 3.11, 3.12 or 3.13 with venv; name one: make PYTHON=/path/to/python' >&2; exit 2; }
	@test -x $(BIN)/python || { echo 'Making the environment with $(PYTHON) …' >&2; $(PYTHON) -m venv $(VENV); }
	@echo 'Installing what requirements.lock pins …' >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml retailflow/__init__.py
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q retailflow  # an editable install is not compiled, and some machines keep Python from doing it later
	@touch $@

# Spark is large, so it comes when its tests run, and only where there is the Java it needs.
$(SPARK): $(READY) requirements-spark.lock
	@if command -v "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" >/dev/null; then \
		echo 'Installing Spark, which requirements-spark.lock pins …' >&2; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-spark.lock && touch $@; \
	fi

demo: $(READY) ## A trading day, from change events to a star schema, on this machine (starts anew: empties .retailflow)
	rm -rf .retailflow
	$(RETAILFLOW) validate
	$(RETAILFLOW) generate
	$(RETAILFLOW) simulate --seed 7 --events 201000
	$(RETAILFLOW) run
	$(RETAILFLOW) audit
	$(RETAILFLOW) query "$(SALES_BY_TIER)"
	$(RETAILFLOW) query "$(ONE_CUSTOMER)"
	@echo
	@echo 'Where to look next:'
	@echo '  tables/order_line.yaml            what a person writes: one table that feeds fact_sales'
	@echo '  generated/redshift/               what comes of it: the load that has just run here, as Redshift gets it'
	@echo '  .retailflow/topics/               the events; append your own lines, then: $(RETAILFLOW) run'
	@echo '  $(RETAILFLOW) query "SELECT * FROM staging.quarantine LIMIT 5"'
	@echo '  README.md                         your first table in five minutes'

# Sales by the tier a customer had at the moment of the sale, and the history of one customer.
SALES_BY_TIER := SELECT c.tier, COUNT(DISTINCT f.order_id) AS orders, SUM(f.quantity) AS pieces, SUM(f.net_amount) AS net_amount \
	FROM dw.fact_sales AS f JOIN dw.dim_customer AS c ON c.customer_key = f.customer_key GROUP BY c.tier ORDER BY net_amount DESC
ONE_CUSTOMER := SELECT customer_id, tier, segment, newsletter, valid_from, valid_to FROM dw.dim_customer \
	WHERE customer_id = (SELECT customer_id FROM dw.dim_customer GROUP BY customer_id HAVING COUNT(*) = 5 ORDER BY customer_id LIMIT 1) \
	ORDER BY valid_from

test: $(SPARK) ## Run the whole suite (the part on Spark needs Java 17)
	@$(BIN)/python -m pytest

check: format lint types imports generated sql test ## Everything a change must pass: what CI runs

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY) ## Look for mistakes of style and substance (ruff)
	$(BIN)/ruff check .

types: $(READY) ## Check types (mypy --strict)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

generated: $(READY)
	$(RETAILFLOW) generate --check

sql: $(READY) ## Hold what is generated for Redshift against what it accepts
	$(RETAILFLOW) lint-sql generated/redshift

soak: $(READY) ## Search the property tests far longer than `make test` does
	HYPOTHESIS_PROFILE=soak RETAILFLOW_SOAK=$${RETAILFLOW_SOAK:-500} $(BIN)/python -m pytest tests/property

bench: $(READY) ## Measure what speed is promised for (an hour or more; PEERS='--dbt DIR …': see benchmarks/README.md)
	$(BIN)/python benchmarks/generate.py
	$(foreach engine,duckdb postgres,$(BIN)/python -m benchmarks.scd2 --engine $(engine) $(PEERS) && \
		$(BIN)/python -m benchmarks.scd2.scaling --engine $(engine) && \
		$(BIN)/python -m benchmarks.scd2.history --engine $(engine) &&) true

northwind: $(READY) ## Run the Northwind data of folder DATA=… and hold the star against the reference model
	@test -n '$(DATA)' || { echo 'say where the CSV files are: make northwind DATA=DIR' >&2; exit 2; }
	$(BIN)/python -m tests.northwind.run --data '$(DATA)'

lock: $(READY) ## Resolve requirements.lock and requirements-spark.lock anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --universal --upgrade --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--extra local --extra postgres --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" \
		| $(BIN)/uv pip compile --universal --upgrade --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--output-file requirements-spark.lock -

clean: ## Remove the environment, caches and everything run on this machine (not generated/)
	rm -rf $(VENV) .retailflow .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
