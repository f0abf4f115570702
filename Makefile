# Two commands do all the set-up; each makes a virtual environment of its own.
# The plain lines that they run stand in README.md for people without make.
PYTHON ?= python3

.PHONY: demo quick check test thorough coverage mutants lowest docs release clean

# Where it is set, each of hundreds of processes compiles anew what the one before it compiled.
unexport PYTHONDONTWRITEBYTECODE

demo: .venv-demo/ready
	.venv-demo/bin/ceosample demo

test: check
	.venv-test/bin/pytest -n auto

check: .venv-test/ready
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .
	.venv-test/bin/mypy

# Every test, those marked thorough too; laws with up to forty times as many examples (new ones each
# time), and a kill at every step.
thorough: .venv-test/ready
	CEOSAMPLE_THOROUGH=true .venv-test/bin/pytest -n auto

# Which lines and branches no test reaches. No figure is demanded, and counting takes as long as the tests do.
coverage: .venv-test/ready
	.venv-test/bin/pytest -n auto --cov --cov-report=term

# Which small changes of the sources no test notices: those that survived before, and those that were not tried yet.
# A new sample (python benchmarks/mutation --sample 600 --seed 27) needs cosmic-ray 8.7 or later besides.
mutants: .venv-test/ready
	PYTHONPATH=src:benchmarks/mutation .venv-test/bin/python benchmarks/mutation --again

# What needs no server, browser or office and is not slow, in under two minutes: for every change before `make test`.
quick: .venv-test/ready
	.venv-test/bin/pytest -n auto -m "not (slow or postgresql or browser or office or spark or documents)"

# What draws, records and writes, on the lowest versions that pyproject.toml promises.
LOWEST = tests/test_draw.py tests/test_record.py tests/test_frame.py tests/test_ledger.py \
	tests/test_languages.py tests/test_csv_audience.py tests/test_floors.py
lowest: .venv-lowest/ready
	.venv-lowest/bin/pytest -m "not (slow or postgresql or browser or office or spark or documents)" $(LOWEST)

# Wheel, sdist and the list of what the product brings (CycloneDX) in dist/, each made anew. The list names
# the version that was built, which pyproject.toml leaves to version.py.
# First what is a matter of the day, so a change is never refused for it: whether a regime was compared with its source in the last year.
release: .venv-test/ready .venv-release/ready
	.venv-test/bin/python tests/before_release.py
	rm -rf dist .venv-product
	.venv-release/bin/python -m build --outdir dist
	$(PYTHON) -m venv --without-pip .venv-product
	.venv-release/bin/python -m pip --python .venv-product/bin/python install --quiet --constraint constraints.txt "$$(echo dist/*.whl)[all]"
	sed "s/^dynamic = .*/version = \"$$(.venv-product/bin/ceosample --version | sed 's/.* //')\"/" pyproject.toml > .venv-product/pyproject.toml
	.venv-release/bin/cyclonedx-py environment --pyproject .venv-product/pyproject.toml --output-reproducible --of JSON -o dist/ceosample.cdx.json .venv-product/bin/python

# The site is in site/html; without warnings, or it is not made.
docs: .venv-test/ready
	.venv-test/bin/sphinx-build -W --keep-going -n docs site/html

# The demo's environment holds a copy of the code, so it follows every change of it.
.venv-demo/ready: pyproject.toml $(shell find src -type f -not -name '*.pyc')
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/pip install --quiet '.[pdf]'
	touch $@

# One pip fills three environments, which are made without one in a tenth of a second. It is a newer one than Python 3.11
# brings: that took twice as much of a processor.
.venv-test/pip:
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/pip install --quiet --no-compile --constraint constraints.txt --upgrade pip
	touch $@
INSTALL = install --quiet --no-compile

# A module is compiled when it is first imported: to compile all eleven thousand takes most of a minute.
# Spark comes as its sources, 450 MB: what is built of it is not compressed, since it is unpacked at once.
.venv-test/ready: pyproject.toml constraints.txt | .venv-test/pip
	.venv-test/bin/pip $(INSTALL) --constraint constraints.txt --config-settings=--build-option=--compression=stored \
	  --editable '.[test]'
	touch $@

# One run imports a part of it, so nothing is compiled beforehand.
.venv-lowest/ready: pyproject.toml constraints.txt tests/floors.py | .venv-test/pip
	$(PYTHON) -m venv --without-pip .venv-lowest
	$(PYTHON) tests/floors.py > .venv-lowest/floors.txt
	.venv-test/bin/pip --python .venv-lowest/bin/python $(INSTALL) --constraint .venv-lowest/floors.txt --editable '.[all]' \
	  hypothesis jsonschema pandas polars pypdf pytest pytest-xdist pyyaml
	touch $@

# What makes a release is no part of what is tested, so it has an environment of its own.
.venv-release/ready:
	$(PYTHON) -m venv .venv-release
	.venv-release/bin/pip install --quiet 'build>=1.2' 'cyclonedx-bom>=7' 'pip>=24'
	touch $@

# Airflow pins its own packages, so it has an environment of its own; the test of its set-up finds it here. That
# imports a tenth of it, so nothing is compiled beforehand.
.venv-airflow/ready: constraints-airflow.txt | .venv-test/pip
	$(PYTHON) -m venv --without-pip .venv-airflow
	.venv-test/bin/pip --python .venv-airflow/bin/python $(INSTALL) --constraint constraints-airflow.txt 'apache-airflow>=3'
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-lowest .venv-release .venv-product .venv-airflow .coverage* ceosample-demo docs/notebooks site
