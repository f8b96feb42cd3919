# make demo   the whole road on the reference study, ends with the path of a report
# make test   the test suite
# make browser  the demonstration's report in headless Chromium
# make check  lint, types, import contracts
# make bench  speed against peers, as ratios
# make fuzz   mutated files through every reader (FUZZ_SECONDS=600 each)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: demo test browser check bench fuzz wheel-test docs synthetic clean python

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "trialkit needs Python 3.11 or newer; name one with 'make PYTHON=python3.12 ...'"; exit 1; }

$(STAMP): pyproject.toml constraints.txt | python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

demo: $(STAMP)
	@$(BIN)/trialkit demo --out demo

test: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist worksteal tests

browser: $(DEV) demo
	TRIALKIT_PAGE=demo/main.html $(BIN)/python -m pytest tests/browser

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m trialkit check --study tests/acceptance/cdisc_pilot_sdtm

bench: $(DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

# SECONDS for each reader; READERS= all of them unless named
FUZZ_SECONDS ?= 600
fuzz: $(DEV)
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS) $(READERS)

synthetic: $(STAMP)
	$(BIN)/python -m tests.make_synthetic

wheel-test: $(DEV)
	bash tests/wheel_test.sh

docs: $(STAMP)
	$(BIN)/python -m trialkit.cli.reference docs/reference/cli.md
	$(BIN)/python -m trialkit.spec.json_schema docs/reference/json-schema
	$(BIN)/python -m trialkit.derive.reference docs/reference/derivation-steps.md
	$(BIN)/python -m tests.derivation_cases docs/reference/derivations.md
	$(BIN)/python -m trialkit.corrupt.reference synthetic_data/messy/plan.yaml docs/reference/planted-errors.md
	$(BIN)/python -m trialkit.export.dictionary docs/reference
	$(BIN)/python -m trialkit.export.checks docs/reference/checks.md

clean:
	rm -rf $(VENV) demo dist build
