# GAN Lab Desktop. `make run` opens the window, `make test` runs every check; both first install what they need into
# .venv. Another Python: make run PYTHON=python3.12. Extra arguments for the window: make run ARGS=my-run.ganlab

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
PINS := pyproject.toml constraints.txt

.PHONY: run test bench soak clean
.DELETE_ON_ERROR:

run: $(VENV)/installed
	@packaging/linux/system-libraries qt
	$(BIN)/ganlab $(ARGS)

test: $(VENV)/installed-dev
	@packaging/linux/system-libraries qt
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses 2

bench: $(VENV)/installed-dev
	$(BIN)/pytest -m benchmark

soak: $(VENV)/installed-dev
	$(BIN)/pytest -m soak --timeout=7200

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find ganlab_desktop tests -name __pycache__ -type d -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "GAN Lab Desktop needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is: $$($(PYTHON) --version 2>&1)" >&2; \
		echo "Name another one, for example: make run PYTHON=python3.12" >&2; exit 1; }
	@packaging/linux/system-libraries venv $(PYTHON)
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/installed: $(PINS) | $(BIN)/python
	@echo "Installing GAN Lab Desktop into $(VENV) (a few minutes the first time) ..."
	$(INSTALL) .
	@touch $@

$(VENV)/installed-dev: $(PINS) | $(BIN)/python
	@echo "Installing GAN Lab Desktop and its development tools into $(VENV) (a few minutes the first time) ..."
	$(INSTALL) '.[dev]'
	@touch $(VENV)/installed $@
