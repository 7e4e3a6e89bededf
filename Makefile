# `make demo` is all there is to set up; `make help` lists the rest. Every recipe that builds gets libtorch first.
.DEFAULT_GOAL := help
.PHONY: help demo libtorch build test lint docs bench soak fuzz fuzz-guided lab install clean toolchain

# rustup's folder, for a shell that was opened before Rust was installed.
export PATH := $(PATH):$(HOME)/.cargo/bin
CARGO ?= cargo
# Where `make install` puts the program: PREFIX/bin, or cargo's own folder, which rustup has put on the PATH.
PREFIX ?=
SCRIPT ?= scripts/bilstm_adam_l2.rhai
# Cargo may be told to build elsewhere.
TARGET := $(or $(CARGO_TARGET_DIR),target)

# libtorch's bindings are compiled in a folder of their own, where a relative LIBTORCH would lead nowhere; an empty one is none.
ifeq ($(strip $(LIBTORCH)),)
unexport LIBTORCH
else
override LIBTORCH := $(or $(shell cd "$(LIBTORCH)" 2>/dev/null && pwd),$(LIBTORCH))
export LIBTORCH
endif

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: build ## get libtorch, build, and train the BiLSTM on the embedded sample
	$(TARGET)/release/imdbsh $(SCRIPT)

libtorch: ## lay libtorch out in the cache, once, and link it to ./libtorch
	@bash tools/libtorch.sh

build: toolchain libtorch ## build target/release/imdbsh
	$(CARGO) build --release --locked

test: toolchain libtorch ## run every test; a test that lacks something says so and is skipped
	$(CARGO) test --locked

lint: toolchain libtorch ## check formatting, and clippy's warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --locked -- -D warnings

docs: toolchain libtorch ## build the guide, with the reference of every function, into target/guide/html
	$(CARGO) build --locked
	$(CARGO) run --quiet --locked --manifest-path tools/guide/Cargo.toml --target-dir $(TARGET)/tools -- \
	  $(TARGET)/debug/imdbsh docs/guide $(TARGET)/guide

fuzz: toolchain libtorch ## calls, chains of calls, scripts, files and command lines made by chance, a million and more (hours)
	FUZZ_CALLS=$(or $(CALLS),150000) FUZZ_CHAINS=$(or $(CHAINS),1000) FUZZ_SCRIPTS=$(or $(SCRIPTS),1000000) \
	  FUZZ_FILES=$(or $(FILES),100000) FUZZ_FLAGS=$(or $(FLAGS),2000) FUZZ_WORKERS=$(or $(WORKERS),2) \
	  nice -n 10 $(CARGO) test --release --locked --test fuzz -- --nocapture

fuzz-guided: toolchain libtorch ## a million inputs for each parser, guided by coverage (hours; RUNS=, TARGETS=; needs `cargo install cargo-fuzz`)
	nice -n 10 bash tools/fuzz/run.sh

bench: build ## measure the parts of the work beside PyTorch (an hour and more on an idle machine; KEEP=name keeps the figures)
	IMDBSH=$(TARGET)/release/imdbsh KEEP=$(KEEP) python3 benches/bench.py

soak: build ## kill and resume 400 trainings of all kinds at random moments; each must end bit-equal (two hours; LOG=file goes on)
	bash tools/soak.sh

lab: build ## run every experiment of the lab (hours; goes on where it was stopped), make docs/results.md
	bash tools/lab.sh

install: build ## put imdbsh on the PATH (PREFIX=DIR: into DIR/bin)
ifeq ($(strip $(PREFIX)),)
	$(CARGO) install --path . --locked --force
else
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$(TARGET)/release/imdbsh" "$(DESTDIR)$(PREFIX)/bin/imdbsh"
endif

clean: toolchain ## remove what was built; libtorch stays
	$(CARGO) clean

toolchain:
	@command -v $(CARGO) >/dev/null || { \
	  echo "make: there is no '$(CARGO)'. Install Rust 1.91 or later (https://rustup.rs) and run make again." >&2; exit 1; }
	@command -v $(firstword $(CXX)) >/dev/null || { \
	  echo "make: there is no C++ compiler '$(CXX)', which libtorch's bindings need. Install one (Debian: apt install g++; macOS: xcode-select --install) and run make again." >&2; exit 1; }
