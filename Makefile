# Thin targets over standard tools. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && exit; done; echo python3)
VENV := .venv/bin
export TF_CPP_MIN_LOG_LEVEL ?= 2

.DEFAULT_GOAL := help
.PHONY: help book serve test system assignments notebooks address lint lock matrix clean page

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | awk -F': ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/installed: requirements.lock pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py

book: .venv/installed  ## set up, execute and build the book; a second run redoes only what changed
	@$(VENV)/python tools/book.py

serve: book  ## show the built book at an address on this machine
	@$(VENV)/python -m http.server --bind 127.0.0.1 --directory _build/html $(or $(PORT),8000)

test: .venv/installed  ## set up, build the book, then run every test
	@$(VENV)/python tools/system.py --if-allowed
	@$(VENV)/python tools/book.py
	@$(VENV)/python -m pytest -n 2 --dist loadscope -m "not browser" $(PYTEST)
	@$(VENV)/python -m pytest -m browser $(PYTEST) || [ $$? -eq 5 ]  # 5: left out, and the summary says so

system: .venv/installed  ## install what browser, sandbox and database tests need from apt (asks for root)
	@$(VENV)/python tools/system.py

assignments: .venv/installed  ## write the notebooks that students open from assignments/source
	@$(VENV)/python tools/assignments.py

notebooks: .venv/installed  ## write the notebook beside every chapter
	@$(VENV)/python tools/notebooks.py

address: .venv/installed  ## after changing `repository` in _config.yml: rewrite what derives from it
	@$(VENV)/python tools/address.py

lint: .venv/installed  ## check the style of the code
	@$(VENV)/ruff check . && $(VENV)/ruff format --check . && $(VENV)/python tools/notebooks.py --check

lock: .venv/installed  ## resolve pyproject.toml anew into requirements.lock
	@$(VENV)/python tools/lock.py

matrix: .venv/installed  ## the package's tests on Python 3.11 to 3.13, oldest and newest keras and tensorflow
	@$(VENV)/nox

page:
	@$(VENV)/python tools/book.py --page $(PAGE) --out $(OUT)

clean:  ## remove the built book and caches, keep .venv
	rm -rf _build .pytest_cache .ruff_cache .nox build dist *.egg-info
