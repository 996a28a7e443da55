# For developers. Everyone else needs start.py alone.
PYTHON = .venv/bin/python

.PHONY: setup run test check bench gallery clean

setup:
	python3 start.py setup

run:
	python3 start.py

test:
	python3 start.py test

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy start.py setup
	.venv/bin/lint-imports

bench:
	$(PYTHON) -m tests.bench

gallery:
	$(PYTHON) -m tests.gallery

# The environment and everything made; the next start builds the engine again.
clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
