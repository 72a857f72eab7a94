# dutyflow: what a person types. `make` alone lists it.
PY := .venv/bin/python
export PORT SMTP_PORT PAGE_PORT DUTYFLOW_HOME DUTYFLOW_PLANS
# Where compiled files are not kept, each of Airflow's many processes compiles all of it anew: 5 s.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run up stop status clean test check test-days lint bench lock schema pictures ready-run ready-test

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: up ## start, and play one collection from the opening mail to the delivered report
	@$(PY) tools/play.py

up: ready-run ## start Airflow, the upload page and the local mail sink, without playing
	@$(PY) tools/embedded.py up

stop: ## stop all that was started
	@if [ -x $(PY) ]; then $(PY) tools/embedded.py stop; fi

status: ## which processes run
	@if [ -x $(PY) ]; then $(PY) tools/embedded.py status; else echo "尚未安裝 / not installed"; fi

clean: ## stop, and forget the ledger, mails, reports and logs of the embedded instance
	@if [ -x $(PY) ]; then $(PY) tools/embedded.py clean; fi

test: ready-test ## every test
	@sh tools/test_needs.sh
	@$(PY) -m pytest

check: ready-test ## the tests that need neither Airflow, LibreOffice nor a browser
	@$(PY) -m pytest -n 2 -m light

test-days: ready-test ## `make check` on 24 days, the rest on six; takes hours. AT="2027-01-01 00:05": this one
	@sh tools/test_needs.sh
	@$(PY) tools/test_days.py $(if $(AT),--at "$(AT)") $(if $(ZONE),--zone "$(ZONE)") $(TESTS)

lint: ready-test ## format, lint, types, import contract
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

bench: ready-test ## speed, as ratios measured in one run
	@$(PY) -m benchmarks

lock: ready-test ## compile requirements.txt and requirements-dev.txt from their .in files
	.venv/bin/uv pip compile -q --universal --python-version 3.11 requirements.in -o requirements.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

schema: ready-run ## write include/plan/plan.schema.json from the models
	@.venv/bin/dutyflow plan schema

pictures: ready-test ## draw the screenshots in docs/pictures from a running instance
	@PYTHONPATH=. $(PY) tools/pictures.py

ready-run:
	@sh tools/bootstrap.sh run

ready-test:
	@sh tools/bootstrap.sh test
