# Two commands do all the set-up; each makes a virtual environment of its own.
# The plain lines that they run stand in README.md for people without make.
PYTHON ?= python3

.PHONY: demo quick check test thorough coverage docs release clean

demo: .venv-demo/ready
	.venv-demo/bin/ceosample demo

test: check
	.venv-test/bin/pytest -n auto

check: .venv-test/ready
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .
	.venv-test/bin/mypy

# The laws of hostile input with five times as many examples, and new ones each time.
thorough: .venv-test/ready
	CEOSAMPLE_THOROUGH=true .venv-test/bin/pytest -n auto tests/test_hostile.py tests/test_bounds.py tests/test_titles.py

# Which lines and branches no test reaches. No figure is demanded, and counting takes as long as the tests do.
coverage: .venv-test/ready
	.venv-test/bin/pytest -n auto --cov --cov-report=term

# What needs no server, browser or office, in under two minutes: for every change before `make test`.
quick: .venv-test/ready
	.venv-test/bin/pytest -n auto -m "not (slow or postgresql or browser or office or spark or documents)"

# What is a matter of the day, so a change is never refused for it: whether a regime was compared with its source in the last year.
release: .venv-test/ready
	.venv-test/bin/python tests/before_release.py

# The site is in site/html; without warnings, or it is not made.
docs: .venv-test/ready
	.venv-test/bin/sphinx-build -W --keep-going -n docs site/html

# The demo's environment holds a copy of the code, so it follows every change of it.
.venv-demo/ready: pyproject.toml $(shell find src -type f -not -name '*.pyc')
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/pip install --quiet '.[pdf]'
	touch $@

.venv-test/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

# Airflow pins its own packages, so it has an environment of its own; the test of its set-up finds it here.
.venv-airflow/ready: constraints-airflow.txt
	$(PYTHON) -m venv .venv-airflow
	.venv-airflow/bin/pip install --quiet --constraint constraints-airflow.txt 'apache-airflow>=3'
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-airflow .coverage* ceosample-demo docs/notebooks site
