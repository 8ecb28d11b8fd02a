# Every target works on a bare Debian 12/13 or Ubuntu 24.04 with git, make and python3; `make` alone lists them.

PYTHON ?= python3
INVENTORY ?= inventories/local
# Further arguments for ansible-playbook, for instance ARGS="-e sahool_port_offset=20000 --diff"
ARGS ?=
# Scenario of `make molecule`, default or application_tier; all of them without it
SCENARIO ?=
# Further arguments for pytest, for instance PYTEST_ARGS="-k gate -x"
PYTEST_ARGS ?=

# No copy of the collection in the user's home may shadow this checkout.
export ANSIBLE_HOME := $(CURDIR)/.ansible
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export LC_ALL := C.UTF-8
# Ansible starts in half the time from compiled files.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(CURDIR)/.venv/bin
RESULTS := $(CURDIR)/.cache/test-results
PLAYBOOK := $(BIN)/ansible-playbook
PYTEST = $(BIN)/python -m pytest --junitxml=$(RESULTS)/$@.xml
CONTROLLER := @$(PYTHON) bootstrap/environment.py requirements.txt
DEVELOPER := @$(PYTHON) bootstrap/environment.py requirements-dev.txt

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev deploy destroy images docker test test-unit test-images test-bootstrap test-integration test-e2e molecule \
	test-long lint format sanity bench ports changelog lock clean

help: ## List the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

venv: ## Make .venv with what the playbooks need (locked, checked by hash)
	$(CONTROLLER)

venv-dev: ## Make .venv with what the tests need as well
	$(DEVELOPER)

deploy: venv ## Bring the platform up: INVENTORY=inventories/local ARGS=
	$(PLAYBOOK) playbooks/deploy.yml -i $(INVENTORY) $(ARGS)

destroy: venv ## Remove what deploy made; asks for the environment's name, keeps the volumes
	$(PLAYBOOK) playbooks/destroy.yml -i $(INVENTORY) $(ARGS)

images: venv ## Pull or build the images
	$(PLAYBOOK) playbooks/images.yml -i $(INVENTORY) $(ARGS)

docker: venv ## Make the hosts ready: Docker engine and Compose
	$(PLAYBOOK) playbooks/host.yml -i $(INVENTORY) $(ARGS)

test: venv-dev ## Run every part below, print minutes per part, fail if any part fails
	@$(BIN)/python tests/quality/parts.py sanity,lint/test-images,test-bootstrap,test-unit test-integration molecule test-e2e

test-unit: venv-dev ## Pure Python, no Docker
	$(PYTEST) -n auto tests/unit tests/quality $(PYTEST_ARGS)

# Names the source: what an earlier deployment of this checkout decided does not count here.
test-images: venv ## Have the embedded images for the tests: Docker, the base image, one build for each
	$(PLAYBOOK) playbooks/images.yml -i inventories/local -e sahool_image_source=build

test-bootstrap: docker venv-dev ## Make .venv in a chroot that has only git, make and python3 (needs root)
	$(PYTEST) tests/bootstrap $(PYTEST_ARGS)

test-integration: test-images venv-dev ## The modules against the real servers in containers
	$(PYTEST) -n 3 --no-loadscope-reorder tests/integration $(PYTEST_ARGS)

# Molecule would rather see its folder below extensions/; naming it spares a warning at each call.
molecule: test-images venv-dev ## The roles by Molecule: SCENARIO=default, application_tier, or all without it
	PATH=$(BIN):$$PATH MOLECULE_GLOB='molecule/*/molecule.yml' MOLECULE_COMMAND_BORDERS=0 \
		$(BIN)/molecule test $(if $(SCENARIO),--scenario-name $(SCENARIO),--all)

test-e2e: test-images venv-dev ## The playbooks against a whole platform
	$(PYTEST) -n 3 --dist loadfile tests/e2e $(PYTEST_ARGS)

# Bootstrap on Debian 13; kills at 30 moments of a deployment of all 53 services and at 10 of an upgrade; engine restarted
# with all of them.
test-long: test-images venv-dev ## The proofs that take too long for every run
	$(PYTEST) -m long tests $(PYTEST_ARGS)

lint: venv-dev ## ruff, yamllint, ansible-lint, shellcheck, changelog, names, credentials
	@$(BIN)/python tests/quality/lint.py

format: venv-dev ## Let ruff format and repair the Python files
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format

sanity: venv-dev ## ansible-test sanity and the artefact, on an export of the working tree
	@$(BIN)/python tests/quality/sanity.py

bench: docker venv-dev ## Measure deployments and print the table
	$(BIN)/python tests/bench/run.py $(ARGS)

ports: venv-dev ## Write docs/ports.md from the catalogue
	$(BIN)/python docs/generate_ports.py

changelog: venv-dev ## Put fragments and plugins of galaxy.yml's version into CHANGELOG.rst
	PATH=$(BIN):$$PATH $(BIN)/antsibull-changelog release --update-existing --reload-plugins

lock: venv-dev ## Resolve requirements*.in anew into the hashed locks
	$(PYTHON) bootstrap/lock.py

clean: ## Remove caches, results and .venv; the platform's state (.sahool) stays
	rm -rf .venv .cache .ansible build .pytest_cache .ruff_cache .mypy_cache .hypothesis
