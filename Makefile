# Two commands do all: `make report` and `make test`. uv is put into a private venv; nothing else is needed but Python 3.11 or newer.

PYTHON ?= python3
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync
ARTICLES ?=
OUT ?= build/report

.PHONY: setup report test test-all test-notebooks notebooks corpus corpus-check lab clean

setup: .venv/.ready

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("overdue needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

# The report: on the shipped sample, or with ARTICLES=folder on your own; OUT=folder says where it goes.
report: setup
ifeq ($(ARTICLES),)
	$(RUN) overdue report --out $(OUT)
else
	$(RUN) overdue build $(ARTICLES) --out $(OUT).corpus || [ $$? -eq 1 ]
	$(RUN) overdue report --corpus $(OUT).corpus --out $(OUT) || [ $$? -eq 1 ]
endif

test: setup
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) pytest -n 2 --dist loadscope -m "not slow"
	$(MAKE) test-notebooks

test-notebooks: setup
	$(RUN) pytest --nbval -n 2 --dist loadscope notebooks

test-all: test
	$(RUN) pytest -n 2 --dist loadscope -m slow

# Runs the notebooks on the sample and saves them with their outputs and figures: before committing a change that moves a number.
notebooks: setup
	$(RUN) python -m overdue.notebooks

# The sample: `corpus` writes data/articles from references and seeds, `corpus-check` verifies every claim of data/README.md
# (ORIGINALS=folder: and that nothing of the pages in that folder stands in it).
corpus: setup
	$(RUN) python -m overdue.sample write

corpus-check: setup
	$(RUN) python -m overdue.sample check $(ORIGINALS)

lab: setup
	$(RUN) jupyter lab --notebook-dir . --LabApp.default_url=/lab/tree/notebooks/01-corpus.ipynb

# Ratios against a naive script, measured in the same run.
bench: setup
	$(RUN) python benchmarks/compare.py

clean:
	rm -rf build .venv .tools
