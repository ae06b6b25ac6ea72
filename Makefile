# Thin on purpose: set-up happens here, everything else in `drill` (see `drill --help`).
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
SCENARIO ?= deadlock
RUNTIME ?= local
AGENDA ?=
SPEED ?= 1
SEED ?=
SCALE ?= 1
LOAD_WORKERS ?= 1
SEEDS ?= 1
PLAYER ?= reference
RESUME ?=
BUDGET ?=
HUB_PORT ?=
HUB_URL ?=

VENV := .venv
CONSOLE := harness/console/web
DRILL := $(VENV)/bin/drill
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev

common := --runtime $(RUNTIME) --scale $(SCALE) --load-workers $(LOAD_WORKERS) $(if $(SEED),--seed $(SEED))
# `make smoke` means all scenarios unless one is named on the command line.
smoke_scenario = $(if $(filter command line environment,$(origin SCENARIO)),$(SCENARIO),all)

# The rest of the tests: whole files of them two at a time, and those that nothing runs beside.
PAIRED := live and not shop and not alone
# Whole drills, each in a place of its own: two at a time.
KILLS := tests/e2e/test_kills.py
# Before the tests, too: those of faults/ check patched services with the cache that this fills.
SERVICE_TYPES := $(VENV)/bin/mypy --config-file services/pyproject.toml services

.PHONY: image images-offline serve console types console-figures screenshots help drill demo smoke test lint format up down doctor bench torture setup

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  e.g. make drill SCENARIO=deadlock        SCENARIO=random hides what it is"

drill: $(READY) ## run a live drill here (SCENARIO= SEED= SCALE= LOAD_WORKERS= AGENDA= SPEED= RUNTIME=)
	@exec $(DRILL) run $(SCENARIO) $(if $(AGENDA),--agenda $(AGENDA)) --speed $(SPEED) $(common) $(if $(RESUME),--resume)

serve: $(READY) ## the hub: teams and their drills in one place, until Ctrl-C (HUB_PORT=8700 HUB_URL=https://HOST:8700)
	@exec $(DRILL) serve $(if $(HUB_PORT),--port $(HUB_PORT)) $(if $(HUB_URL),--listen 0.0.0.0 --public-url $(HUB_URL))

demo: $(READY) ## the same drill, played unattended from page to proof
	@exec $(DRILL) demo $(SCENARIO) $(common)

smoke: $(READY) ## the detectability matrix: detected, healed, cheats rejected (SCENARIO= RUNTIME= SEEDS= PLAYER= BUDGET=15m)
	@exec $(DRILL) smoke $(smoke_scenario) --runtime $(RUNTIME) $(if $(SEED),--seed $(SEED)) \
		--seeds $(SEEDS) --player $(PLAYER) $(if $(BUDGET),--budget $(BUDGET))

test: $(DEV_READY) ## all tests
	@$(DRILL) doctor --fetch --quiet
	@tools/console ready
	@$(SERVICE_TYPES)
	@$(VENV)/bin/python -m pytest -m 'not torture and not live and not shop and not alone' -n 2 --dist worksteal --durations=10
	@$(VENV)/bin/python -m pytest -m 'not torture and $(PAIRED)' -n 2 --dist loadfile --durations=10
	@exec $(VENV)/bin/python -m pytest -m 'not torture and (shop or alone)' --durations=10

lint: $(DEV_READY) ## style and types
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/oxlint --deny-warnings services/gateway/static
	@$(VENV)/bin/oxlint --deny-warnings --config $(CONSOLE)/.oxlintrc.json $(CONSOLE)/src
	@tools/console check
	@$(VENV)/bin/mypy
	@$(SERVICE_TYPES)

format: $(DEV_READY) ## put the code in shape
	@$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

up: $(READY) ## a healthy shop to look around in, until Ctrl-C
	@exec $(DRILL) up $(common)

down: $(READY) ## end whatever drill or shop runs from this checkout
	@exec $(DRILL) down

doctor: $(READY) ## what this machine has, and how to get what it lacks
	@exec $(DRILL) doctor

bench: $(READY) ## start-up, memory, processor time and tracing (RUNTIME=both)
	@exec $(DRILL) bench --runtime $(RUNTIME)

torture: $(DEV_READY) ## kill the harness at random moments and count what is left (SEED=)
	@$(VENV)/bin/python -m pytest -m torture -p no:cacheprovider --ignore=$(KILLS)
	@TORTURE_SEED=$(SEED) exec $(VENV)/bin/python -m pytest -m torture -p no:cacheprovider -n 2 $(KILLS)

console: ## build the console from harness/console/web, with its checks (needs Node 20 or newer)
	@tools/console build

types: $(READY) ## describe the API's answers anew, for the console's types (needs Node 20 or newer)
	@$(VENV)/bin/python -m harness.api.openapi
	@$(VENV)/bin/python -m harness.hub.hub_document
	@tools/console types

console-figures: $(DEV_READY) ## what the console costs: first view, scrolling, memory, 200 clients
	@exec $(VENV)/bin/python -m pytest -q -s -p no:cacheprovider \
	  tests/browser/test_figures.py tests/unit/api/test_crowd.py tests/unit/api/test_shutdown.py

screenshots: $(DEV_READY) ## the pictures of the README, from a workshop played on a live shop
	@CONSOLE_SHOTS=docs/images exec $(VENV)/bin/python -m pytest -q -p no:cacheprovider tests/browser/test_workshop.py

images-offline: $(READY) ## base images for RUNTIME=compose from Debian's packages, without a registry
	@exec $(VENV)/bin/python -m harness.runtime.compose.offline

image: $(READY) ## a whole drill in one image, threeam/box: docs/box.md runs it
	@exec $(VENV)/bin/python -m harness.runtime.compose.box

setup: $(DEV_READY) ## everything that the other targets need

$(READY): requirements.lock pyproject.toml
	@tools/setup $(PYTHON) $(VENV) requirements.lock && touch $@

$(DEV_READY): requirements-dev.lock pyproject.toml
	@tools/setup $(PYTHON) $(VENV) requirements-dev.lock && touch $@ $(READY)
