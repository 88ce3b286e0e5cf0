# Everything here needs Go and make alone; the race detector also needs a C compiler.

GO         ?= go
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LIVE       ?= data/live
DEMO       ?= data/demo.ndjson.zst
PKG        ?= ./...
FUZZTIME   ?= 20s
RACECOUNT  ?= 5
BENCH      ?= .
BENCHCOUNT ?= 6
SOAKDAYS   ?= 30
SOAKMEMORY ?= 64
SOAKTERMS  ?= 10
SEED       ?= $(shell date +%s)
KILLS      ?= 500

# Without a goroutine of their own, or programs of their own that are built without it: the
# race detector finds nothing in these, and takes four to eight times as long.
PURE       ?= ./term ./sketch ./engine/detect ./engine/gauges ./cmd/swell ./internal/crash ./internal/rows ./internal/page/e2e
# Tested both ways: under the race detector their tests of one goroutine are smaller, or skip.
BOTH       ?= ./engine ./engine/window ./internal/app

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
RACE       := $(shell command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo -race)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build run replay test race lint fuzz crash bench bench-compare bench-endpoint quality soak examples screenshots

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./swell
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o swell ./cmd/swell

run: build ## what trends now, at http://127.0.0.1:7310: live sources that need no account, or a demo where none answers
	./swell serve --demo=auto --data $(LIVE)

replay: build $(DEMO) ## make up ten days of posts, replay them and serve the trends at http://127.0.0.1:7310
	@echo
	@echo 'The posts in $(DEMO) are made up: no word, name or number in them is real.'
	@echo 'What was planted into them, and when, stands in $(DEMO:.ndjson.zst=.truth.csv).'
	@echo
	./swell replay $(DEMO) --serve

$(DEMO): | build
	@mkdir -p $(dir $@)
	./swell generate --days 10 --seed 1 --out $@ --truth $(DEMO:.ndjson.zst=.truth.csv)

test: ## vet, then all tests, under the race detector where there are goroutines
	@test -n "$(RACE)" || echo "no C compiler: the tests run without the race detector" >&2
	$(GO) vet ./...
	$(GO) test $(PURE) $(BOTH)
	$(GO) test $(RACE) $$($(GO) list ./... | grep -vxF "$$($(GO) list $(PURE))")

race: ## the tests again and again, in random order, on 1, 2 and 4 processors (RACECOUNT=5 PKG=./...)
	$(GO) test -race -count=$(RACECOUNT) -shuffle=on -cpu=1,2,4 $(PKG)

lint: ## gofmt, go vet, staticcheck, and golangci-lint where it is installed
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) -checks inherit,-ST1018 ./... # a joiner within a hashtag is the point of some tests
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint is not installed: skipped"; fi

fuzz: ## every fuzz target for a while (FUZZTIME=20s)
	@set -e; for file in $$(grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' . | sort); do \
	  for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' $$file); do \
	    echo "== $$target in $$(dirname $$file)"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$(dirname $$file); \
	  done; done

crash: ## kill, starve and damage the real program, and see that deliberate bugs are caught (KILLS=500 SEED=…; root for loop devices, strace)
	$(GO) test ./internal/crash -v -count=1 -timeout 2h -crash.rounds $(KILLS) -crash.seed $(SEED) -crash.mutants

bench: ## all benchmarks, often enough for benchstat (BENCH=. PKG=./... BENCHCOUNT=6)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count=$(BENCHCOUNT) $(PKG)

bench-endpoint: build ## the endpoint under load on one core, beside records coming in (needs wrk; ENDPOINT='-duration 30s')
	$(GO) run ./bench/endpoint -swell ./swell $(ENDPOINT)

soak: ## a month at ten times the load, then ten million terms (SOAKDAYS=30 SOAKMEMORY=64 SOAKTERMS=10)
	$(GO) test ./engine/window -run '^TestSoak$$' -v -count=1 -timeout 4h -soak.days $(SOAKDAYS) -soak.memory $(SOAKMEMORY)
	$(GO) test ./engine/window -run '^TestPeakMemory$$' -v -count=1 -timeout 4h -soak.terms $(SOAKTERMS)

examples: build $(DEMO) ## docs/examples: digests of the made-up days (two minutes; they change with the detector and the texts alone)
	sh docs/examples/make.sh ./swell $(DEMO) docs/examples

screenshots: ## docs/screenshots: the pages of made-up days, in both themes and narrow (needs chromium)
	$(GO) test ./internal/page/e2e -run '^TestScreenshots$$' -count=1 -screenshots $(CURDIR)/docs/screenshots

quality: ## the detector against others on planted trends; bench/QUALITY.md is rewritten (QUALITY=-quick; half an hour without)
	$(GO) run ./bench/quality -o bench/QUALITY.md -charts bench/quality-charts -revision '$(VERSION)' $(QUALITY)

bench-compare: ## the core against what people use; bench/RESULTS.md is rewritten (COMPARE='-rounds 3 -scale 0.1')
	cd bench/compare && $(GO) run . -o ../RESULTS.md $(COMPARE)
