# Two commands do all the set-up: `make run` starts the page, `make test` passes the tests. While you work: `make quick lint`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test quick lint shots browser clean

run: .venv/run-ready
	$(BIN)/python app.py

test: .venv/test-ready browser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not data and not slow" -n 2 --dist loadfile

# In less than a minute: no browser, no running page, no data, no trainings, nothing that we are only compared with.
quick: .venv/test-ready
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not server and not data and not slow" \
	$(addprefix --ignore=tests/,hub keras proofs recipes training)

lint: .venv/test-ready
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node_modules/.ready && npm run --silent lint; \
	else echo "node is not here: the scripts were left out."; fi

# Every page as it looks, into shots/. README's pictures: .venv/bin/python -m tests.shots --readme
shots: .venv/test-ready browser
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.shots

node_modules/.ready: package.json
	npm install --silent --no-audit --no-fund --no-package-lock
	touch $@

.venv/run-ready: requirements.txt
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), "Python 3.11 to 3.13 is needed; name one: make PYTHON=python3.12"'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25"  # older ones resolve these requirements for many minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m lmdemo.models.compiled  # else the first sound would wait for it
	touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# The system's Chromium or Chrome, else Debian's where this user may install it, else Playwright's own.
browser: .venv/test-ready
	@command -v chromium || command -v google-chrome || \
	{ command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } || \
	$(BIN)/python -m playwright install chromium

clean:
	rm -rf .venv node_modules runs .pytest_cache .ruff_cache .mypy_cache
