# One Map. `make help` lists what can be made; README.md says what it is.
.DEFAULT_GOAL := help
.PHONY: help run build test check bench bench-import bench-tiles bench-features bench-search setup setup-test binary lint test-go test-page test-journeys
SHELL := /bin/sh
# sudo forgets where Go usually is.
export PATH := $(PATH):/usr/local/go/bin

# What the page is made of. Directories are listed too: a file that goes changes the directory's time.
page := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/tsconfig.json -not -name '*.test.*' 2>/dev/null | sed 's/ /\\ /g')
# Git may refuse a clone that belongs to another user (sudo make run); the build then goes without its commit.
vcs := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)
rooms := $(wildcard api cmd layers migrations spatial tiles) frontend/embed.go

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: build ## the map at http://127.0.0.1:8080, with everything it needs (ARGS='--listen :80 --demo small' …)
	exec bin/onemap serve $(ARGS)

build: setup frontend/dist/index.html binary ## bin/onemap, page included

test: setup-test build ## everything: style, Go with -race on a real PostGIS, the page's units, journeys in a browser
	@$(MAKE) --no-print-directory --keep-going lint test-go test-page test-journeys

check: setup-test build lint test-page ## the fast part, before every commit: style, Go tests, the page's units
	go test ./...

bench: setup-test ## measures: the price of triggers, tiles, queries (BENCH=pattern)
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./...

bench-import: setup-test frontend/dist/index.html ## imports beside plain ogr2ogr, and appends up to 3 million (ARGS='--rows 350000 --runs 3 --append 3000000')
	go run ./cmd/bench import $(ARGS)

bench-tiles: setup-test frontend/dist/index.html ## tiles beside Martin, Tegola, MapServer and pg_tileserv, where they are installed (ARGS='--rounds 3 --data DIR --martin PROGRAM --json FILE')
	go run ./cmd/bench tiles $(ARGS)

bench-features: setup-test frontend/dist/index.html ## whole layers, single features and pages beside MapServer and pg_featureserv, where they are installed (ARGS='--rounds 3 --data DIR --json FILE')
	go run ./cmd/bench features $(ARGS)

bench-search: setup-test frontend/dist/index.html ## what people type, asked of a county (ARGS='--questions 500 --rebuild --data DIR --json FILE')
	go run ./cmd/bench search $(ARGS)

# ---- what serves the above

setup:
	@.ci/setup

setup-test:
	@.ci/setup test

# npm ci only when the lock file is newer than the last one; nothing a package ships is run.
frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | setup
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(page) | setup
	cd frontend && npm run build
	@touch $@

binary: | setup frontend/dist/index.html
	go build -buildvcs=$(vcs) -o bin/onemap ./cmd/onemap

lint: frontend/node_modules/.installed
	@unformatted=$$(gofmt -l $(rooms)); [ -z "$$unformatted" ] || { echo "gofmt -w $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	cd frontend && npm run typecheck && npm run lint

test-go:
	go test -race -timeout 30m ./...

test-page: frontend/node_modules/.installed
	cd frontend && npm test

test-journeys: binary
	cd frontend && ONEMAP_LOG_LEVEL=warn npm run e2e
