# Two commands: `make reproduce` and `make test`. Both set up .venv from requirements.lock first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: reproduce test lock clean

reproduce: .venv/ready
	@$(BIN)/probstats reproduce

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 -m "not rebuild and not slow"
	$(BIN)/pytest -n 2 -m slow
	$(BIN)/pytest -m rebuild

# The stamp is written last: an interrupted set-up starts again.
.venv/ready: requirements.lock pyproject.toml
	@echo "setting up .venv (one to three minutes, once)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-emit-package probation-stats --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	rm -rf .venv-lock

clean:
	rm -rf .venv .probstats dist build
