PYTHON ?= python3
BIN := .venv/bin

.PHONY: eval-answers run test lint check fuzz bench

run: .venv/installed
	$(BIN)/python -m ingest --offline
	$(BIN)/streamlit run app.py

test: .venv/installed
	$(BIN)/python -m pytest -q

lint: .venv/installed
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

check: lint test

fuzz: .venv/installed
	CS25_FUZZ_EXAMPLES=10000 $(BIN)/python -m pytest -q tests/test_captions.py tests/test_chunks.py

bench: .venv/installed
	$(BIN)/python -m benchmarks.bench

# make eval CORPUS=Spoken COMPARE="cs25search RRF", or make eval WRITE=1 for docs/evaluation.md
eval: .venv/installed
	$(BIN)/python -m benchmarks.eval $(if $(CORPUS),--corpus '$(CORPUS)') $(if $(COMPARE),--compare $(COMPARE)) $(if $(WRITE),--write)

eval-answers: .venv/installed
	$(BIN)/python -m benchmarks.answers

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@
