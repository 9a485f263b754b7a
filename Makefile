# Each target sets up what it needs on a machine that has Python 3.11 or later. `make` lists them.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
UV_VERSION := 0.13.8
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

# Options handed on: make test ARGS="-k alias", make demo ARGS=--help, make lock ARGS=--upgrade
ARGS ?=

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check format bench soak docs lock changelog clean

help:  ## List the targets
	@echo "Usage: make TARGET [ARGS=\"...\"]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r name text; do \
		printf '  %-10s %s\n' "$$name" "$$text"; done

demo: $(VENV)/.demo-ready  ## Show what the registry does, in a temporary folder
	@$(VENV)/bin/fingerpost demo $(ARGS)

# Tests start hundreds of processes: where Python may not keep what it compiled, each compiles all anew,
# and that takes longer than the tests.
test: $(VENV)/.dev-ready  ## Run the tests (ARGS="-k alias")
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 4 --dist loadgroup $(ARGS)

check: $(VENV)/.dev-ready  ## Lint, check the format, the types and the architecture
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo --no-cache

format: $(VENV)/.dev-ready  ## Format the code and apply the safe fixes
	$(PY) -m ruff check --fix-only
	$(PY) -m ruff format

bench: $(VENV)/.dev-ready  ## Measure each figure beside its peer and its raw baseline
	@$(PY) -m benchmarks $(ARGS)

soak: $(VENV)/.dev-ready  ## Race and crash for long (ARGS="races --seconds 60")
	@PYTHONPATH=tests $(PY) -m soak $(ARGS)

docs: $(VENV)/.dev-ready  ## Build the documentation in docs/_build, and run its examples
	@$(PY) -m sphinx -W --keep-going -q -b html docs docs/_build
	@$(PY) -m sphinx -W --keep-going -q -b doctest docs docs/_build/doctest
	@echo "Open docs/_build/index.html"

changelog: $(VENV)/.dev-ready  ## Show the changelog of the next release
	@$(PY) -m towncrier build --draft

lock: .venv-lock/.uv-$(UV_VERSION)  ## Resolve requirements/ again (ARGS=--upgrade for newer versions)
	$(LOCK) pyproject.toml --extra testing --group dev $(ARGS) -o requirements/dev.txt
	$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	$(LOCK) --group build -c requirements/dev.txt -o requirements/build.txt

clean:  ## Remove the environments, the caches and what was built
	rm -rf $(VENV) .venv-lock build dist docs/_build .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Environments -------------------------------------------------------------------------------------
# One environment, filled in two steps, so that the first `make demo` does not wait for the test tools.
# A stamp is younger than what it was made from; it is written when all before it has succeeded.

$(VENV)/.demo-ready: pyproject.toml requirements/runtime.txt requirements/build.txt | $(VENV)/.made
	@echo "Installing Fingerpost in $(VENV) (under a minute; less when pip has the packages cached) ..."
	@$(PIP) install -qq --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-ready: pyproject.toml requirements/dev.txt | $(VENV)/.made
	@echo "Installing Fingerpost with its test and build tools in $(VENV) (about a minute) ..."
	@$(PIP) install -qq --require-hashes -r requirements/dev.txt
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo-ready

# PYTHON=/path/to/python chooses the interpreter.
$(VENV)/.made:
	@for python in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3 python); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		found="$$python"; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "Creating $(VENV) with $$("$$python" -V) ..."; \
		"$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
		exit 1; \
	done; \
	if [ -n "$$found" ]; then \
		version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "Error: $$found is Python $$version, but without the modules venv and ensurepip." >&2; \
		echo "Install them (Debian, Ubuntu: sudo apt install python$$version-venv) and try again." >&2; \
	else \
		echo "Error: Fingerpost needs Python 3.11 or later$(if $(PYTHON),; $(PYTHON) is not,, and none was found on PATH)." >&2; \
		echo "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install" >&2; \
		echo "python; others: python.org/downloads), or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1

.venv-lock/.uv-$(UV_VERSION): | $(VENV)/.made
	@echo "Installing uv $(UV_VERSION) in .venv-lock ..."
	@$(PY) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check install -qq uv==$(UV_VERSION)
	@touch $@
