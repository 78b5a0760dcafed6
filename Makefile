# Dynamic Agent Swarms. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

# Demo and tests share one debug build. Whoever adds flags (CI does) adds them to all of it.
SWIFT_BUILD_FLAGS ?=
DEBUG := .build/debug
STEP := Scripts/step

# A sanitizer changes how everything is compiled, so it has a build folder of its own, which git ignores.
SANITIZE ?=
ifneq ($(SANITIZE),)
ifeq ($(filter address thread,$(SANITIZE)),)
$(error SANITIZE is address or thread, not $(SANITIZE))
endif
SANITIZE_FLAGS := --sanitize $(SANITIZE) --scratch-path .build-$(SANITIZE)
endif
ifeq ($(SANITIZE),thread)
ANNOTATIONS := $(CURDIR)/.build-thread/thread_annotations.so
SANITIZED := env LD_PRELOAD=$(ANNOTATIONS)
endif
ifeq ($(SANITIZE),address)
# Swift keeps the case of an enum in bits of the pointer that it carries; the search for leaks takes what only such pointers reach,
# every constant of JSON for one, for lost.
SANITIZED := env ASAN_OPTIONS=detect_leaks=0
endif

# kubectl and helm, for the tests.
export PATH := $(CURDIR)/.cache/tools:$(PATH)

.NOTPARALLEL:
.PHONY: help demo test build lint format crds docs check clean dependencies test-tools

help:
	@echo 'Dynamic Agent Swarms: labour as a microservice on demand.'
	@echo
	@echo '  make demo                      everything the project is for, on this machine: installs what is missing, builds,'
	@echo '                                 starts a cluster, analyses 20 stocks with a swarm of agents, and ends it all'
	@echo '  make test                      installs what is missing, builds, runs all tests'
	@echo '  make test FILTER=TaskQueue     only the tests whose names match'
	@echo '  make test SANITIZE=thread FILTER=ControllerRuntimeTests   under a sanitizer (address or thread), in a build of its own'
	@echo
	@echo '  make build                     builds the programs into $(DEBUG): das, das-operator, das-gateway, agent-runner'
	@echo '  make lint                      checks the format of the Swift code; make format mends it'
	@echo '  make crds                      writes CRDs/, and the copies in the chart, from the code'
	@echo '  make docs                      builds the documentation of the libraries into .build/docs'
	@echo '  make check                     all that CI checks (.ci/run)'
	@echo '  make clean                     forgets all that was built'
	@echo
	@echo 'The first build takes about 15 minutes on two cores, later ones seconds.'

demo: build
	@$(DEBUG)/das demo --examples Examples --data-dir .build/demo

# A step of tests is one process, whose tests all run at once: those that keep the machine busy have steps of their own.
test: dependencies test-tools $(ANNOTATIONS)
	@$(STEP) 'Building the programs and the tests' swift build --build-tests $(SWIFT_BUILD_FLAGS) $(SANITIZE_FLAGS)
ifdef FILTER
	@$(STEP) 'Testing' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '$(FILTER)'
else
	@$(STEP) 'Testing modules' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --skip '^(Argus|Integration|Conformance|Scenario|ControllerRuntime|CurlTransport|LocalAPIServer|LocalCluster|LocalControllers|SwarmScaling|TaskStorePostgres|TaskStoreRedis|TaskStoreSQLite|TaskStoreTesting)Tests\.|^AgentRunnerTests\.ReportRenderingTests'
	@$(STEP) 'Testing HTTP' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^CurlTransportTests\.'
	@$(STEP) 'Testing the queue, and its store in SQLite' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^TaskStore(SQLite|Testing)Tests\.'
	@$(STEP) 'Testing the numerics' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^(Argus|SwarmScaling)Tests\.'
	@$(STEP) 'Testing reports in a browser' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^AgentRunnerTests\.ReportRenderingTests'
	@$(STEP) 'Testing the task store in PostgreSQL' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^TaskStorePostgresTests\.'
	@$(STEP) 'Testing the task store in Redis' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^TaskStoreRedisTests\.'
	@$(STEP) 'Testing the controller runtime under faults' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^ControllerRuntimeTests\.'
	@$(STEP) 'Testing the API server' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^LocalAPIServerTests\.'
	@$(STEP) 'Testing the local cluster' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^(LocalCluster|LocalControllers)Tests\.'
	@$(STEP) 'Testing a cluster as its clients see it' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^ConformanceTests\.'
	@$(STEP) 'Testing what crosses processes' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.' --skip '\.(AgentConformance|Burst|Chaos|DepartedSwarm|Dependency|FanOut|Kill|OperatorRights|OperatorStore|ScaleDown|StalledNetwork|StoreOutage|StoreReadiness|SwarmOutcome|SwarmOwnership|TaskEnd|TaskResult|WriteBudget)Tests'
	@$(STEP) 'Testing what becomes of swarms' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.(DepartedSwarm|OperatorRights|ScaleDown|SwarmOutcome|SwarmOwnership)Tests'
	@$(STEP) 'Testing what becomes of tasks' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.(Burst|Dependency|FanOut|TaskEnd|TaskResult|WriteBudget)Tests'
	@$(STEP) 'Testing swarms and tasks as their users see them' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^ScenarioTests\.'
	@$(STEP) 'Testing what dies, stalls and goes away' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.(OperatorStore|StalledNetwork|StoreOutage|StoreReadiness)Tests'
	@$(STEP) 'Testing processes that are killed' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.KillTests'
	@$(STEP) 'Testing SwarmTasks in the midst of failures' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.ChaosTests'
	@$(STEP) 'Testing agents in several languages' $(SANITIZED) swift test --skip-build --parallel $(SANITIZE_FLAGS) --filter '^IntegrationTests\.AgentConformanceTests'
endif

# The Swift toolchain has a clang, which knows Swift's calling conventions.
$(CURDIR)/.build-thread/thread_annotations.so: Scripts/sanitizers/thread_annotations.c
	@mkdir -p $(@D)
	@clang -shared -fPIC -O1 -Wall -Wextra -Werror -o $@ $< -ldl

build: dependencies
	@$(STEP) 'Building the programs' swift build $(SWIFT_BUILD_FLAGS)

# Tracked files and new ones, but nothing that git ignores.
swift_files := git ls-files --cached --others --exclude-standard --deduplicate -z -- '*.swift'

lint:
	@$(swift_files) | xargs -0 swift format lint --strict --parallel

format:
	@$(swift_files) | xargs -0 swift format --in-place --parallel

crds: build
	@Scripts/generate-crds $(DEBUG)/das CRDs Charts/dynamic-agent-swarms/crds

docs: build
	@Scripts/check-docs .build/docs

check:
	@.ci/run

clean:
	@swift package clean
	@rm -rf .build/demo .build-address .build-thread Benchmarks/.build

dependencies:
	@Scripts/install-dependencies $(if $(filter test check,$(MAKECMDGOALS)),test)

test-tools: dependencies
	@Scripts/install-test-tools
