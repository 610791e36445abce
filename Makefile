# Two commands do all the set-up: `make run` starts the page, `make test` passes the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test browser clean

run: .venv/run-ready
	$(BIN)/python app.py

test: .venv/test-ready browser
	$(BIN)/python -m pytest -m "not data and not slow"

.venv/run-ready: requirements.txt
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), "Python 3.11 to 3.13 is needed; name one: make PYTHON=python3.12"'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25"  # older ones resolve these requirements for many minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
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
	rm -rf .venv runs .pytest_cache
