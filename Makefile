# Two commands matter: `make demo` and `make test`. Both set up whatever is missing and may be repeated.
PYTHON := .venv/bin/python
BUILT := src/gongshi/config/static/built/manifest.json
FRONTEND := $(shell find frontend/src frontend/build -type f 2>/dev/null) \
	$(wildcard frontend/*.ts frontend/*.json frontend/icons.txt)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test browsertest unittest smoke bench lint format typecheck build lock clean

help:
	@echo 'make demo         安装、构建并启动演示（Ctrl-C 停止）'
	@echo 'make test         静态检查与全部测试'
	@echo 'make smoke        起一个临时实例，走完整条链路，打印一行 JSON'
	@echo 'make bench NAME=  运行 benchmarks/ 中的一个测量（media、atlas …）'
	@echo 'make lint format  检查 / 整理代码'
	@echo 'make build        只构建前端'
	@echo 'make lock         按当前环境重写 constraints.txt'
	@echo 'make clean        删除安装与构建的产物（保留 var/ 中的数据）'

demo: .venv/.installed-demo $(BUILT)
	@$(PYTHON) -m gongshi.cli demo

# All at once, so that no core waits while browsers do. Browsers go first, since somebody waits for their pages;
# what only reckons has a process more than there are cores, since some tests wait.
test: .venv/.installed-dev $(BUILT)
	@$(PYTHON) -m tests.browser
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target browsertest unittest lint typecheck

browsertest: .venv/.installed-dev $(BUILT)
	$(PYTHON) -m pytest -m e2e tests/e2e

# One hash seed for processes that share tests, since some are given the members of sets.
unittest: .venv/.installed-dev $(BUILT)
	PYTHONHASHSEED=0 nice -n 5 $(PYTHON) -m pytest -n $$(($$(nproc) + 1)) --dist worksteal -m "not e2e"

smoke: .venv/.installed-demo $(BUILT)
	@$(PYTHON) -m benchmarks.smoke

bench: .venv/.installed-dev $(BUILT)
	@test -n '$(NAME)' || { echo '请指明测量：make bench NAME=media' >&2; exit 2; }
	@$(PYTHON) -m benchmarks.$(NAME)

lint: .venv/.installed-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

format: .venv/.installed-dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

typecheck: frontend/node_modules/.installed $(BUILT)
	scripts/npm run --silent typecheck
	scripts/npm run --silent test

build: $(BUILT)

lock: .venv/.installed-dev
	@$(PYTHON) scripts/lock.py < constraints.txt > constraints.new && mv constraints.new constraints.txt

clean:
	rm -rf .venv frontend/node_modules src/gongshi/config/static/built .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis

.venv/.installed-demo: pyproject.toml constraints.txt
	@scripts/setup demo
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt
	@scripts/setup demo,dev
	@touch $@ .venv/.installed-demo

frontend/node_modules/.installed: frontend/package-lock.json | .venv/.installed-demo
	@scripts/npm ci --no-audit --no-fund
	@touch $@

$(BUILT): frontend/node_modules/.installed $(FRONTEND)
	@scripts/npm run --silent build
	@touch $@
