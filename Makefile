# Lysbord: `make run` and `make test` need nothing else typed first. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run demo test bench package setup setup-test setup-package toolchain ui lint deny notices test-rust test-ui test-browser test-desktop test-install fmt

# What Debian calls the things: for the program and its window, and for the tests, which use both as a person does.
program_packages := build-essential pkg-config libwebkit2gtk-4.1-dev
test_packages := webkit2gtk-driver libayatana-appindicator3-1 xvfb xauth dbus-daemon openbox xdotool chromium openssl fonts-dejavu-core fonts-noto-core fonts-noto-cjk
# To bundle: what finds the tray's library, and what reads the menu entry and the description for software centres.
package_packages := libayatana-appindicator3-dev appstream desktop-file-utils
install_packages := debootstrap xvfb openbox xdotool dbus-daemon imagemagick

# npm keeps its own record of what is installed.
ui_modules := ui/node_modules/.package-lock.json
test_modules := tests/node_modules/.package-lock.json
page := ui/dist/index.html
target := $(or $(CARGO_TARGET_DIR),target)
# What Cargo itself does not bring: what reads the licences of all crates.
tools := $(target)/tools
deny := $(tools)/bin/cargo-deny
about := $(tools)/bin/cargo-about

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: setup $(page) ## open the window, or without a display serve to a browser and print the address
	@$(call say,Building and starting Lysbord)
	cargo run $(call here)

demo: setup $(page) ## the same with a pretend tenant, on a library of its own
	@$(call say,Building and starting Lysbord with a pretend tenant)
	cargo run $(call here) --demo --data-dir target/demo

test: setup-test lint test-rust test-ui test-browser test-desktop ## everything that can be checked: Rust, page, browser, window

bench: setup $(page) ## what is fast, measured
	cargo bench --no-default-features
	cargo bench -- window

package: setup-package $(ui_modules) ## installers into dist/
	appstreamcli validate --no-net packaging/app.lysbord.lysbord.metainfo.xml
	rm -rf $(target)/release/bundle dist
	$(MAKE) notices
	ui/node_modules/.bin/tauri build --bundles deb,rpm
	cp $(target)/release/bundle/{deb/*.deb,rpm/*.rpm} dist/
	@ls -lh dist

fmt: setup $(ui_modules) ## lay out all code as the house does
	cargo fmt --all
	npm --prefix ui run format

lint: setup $(page) ## formatting, clippy, types
	@$(call say,Reading the code)
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	npm --prefix ui run lint
	npm --prefix ui run check

deny: toolchain $(deny) ## licences, duplicates and sources of all crates
	@$(call say,Reading what Lysbord is built with)
	$(deny) --workspace check licenses bans sources

notices: toolchain $(about) $(page) ## the licences of everything by others that is in the program, into dist/
	@$(call say,Gathering licences)
	PATH="$(abspath $(tools)/bin):$$PATH" packaging/third-party dist/THIRD-PARTY.txt

$(deny):
	@$(call say,Building cargo-deny)
	cargo install --locked --root $(tools) --version 0.20.2 cargo-deny

$(about):
	@$(call say,Building cargo-about)
	cargo install --locked --root $(tools) --version 0.9.3 --features cli cargo-about

test-rust: setup $(page) ## the tests of the library, the API and the command line
	@$(call say,Testing the program)
	cargo test --locked --workspace

test-ui: setup $(ui_modules) ## the tests of the page's own code
	@$(call say,Testing the page)
	npm --prefix ui run test

test-browser: test-rust setup-test $(test_modules) ## `lysbord serve` in a real browser
	@$(call say,Using Lysbord in a browser)
	npm --prefix tests run browser

test-desktop: test-rust setup-test $(test_modules) ## the real window on a screen of its own
	@$(call say,Using Lysbord in its window)
	npm --prefix tests run desktop

# Not in `make test`: it makes a whole Debian, which takes minutes and root.
test-install: ## the .deb from dist/ in a fresh Debian 12: installed, used, upgraded, removed
	@[ "$$(id -u)" != 0 ] || { $(call install,the test of the package,$(package_packages) $(install_packages)); }
	@$(call say,Installing the package in a new Debian)
	@[ -n "$$(ls dist/*.deb 2>/dev/null)" ] || { echo 'There is no package in dist/: run make package first.' >&2; exit 1; }
	tests/install/run $(target)/install dist/*.deb

ui: $(page) ## the page that the program carries

setup: toolchain ## what the program needs from the system, installed where it is missing
	@$(call install,Lysbord and its window,$(program_packages))

setup-test: toolchain ## the same, and a browser and a screen for the tests
	@$(call install,Lysbord and its window,$(program_packages))
	@$(call install,the tests: a browser and a screen,$(test_packages))

setup-package: toolchain ## the same, and what the packages are made and read with
	@$(call install,Lysbord and its packages,$(program_packages) $(package_packages))

toolchain:
	@$(call need,cargo,1.95.0,install or update Rust with rustup)
	@$(call need,node,20.19.0,install Node.js with its npm)

$(page): $(ui_modules) $(wildcard ui/*.html ui/*.ts ui/*.js) $(shell find ui/src ui/public -type f 2>/dev/null)
	@$(call say,Building the page)
	npm --prefix ui run build

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@$(call say,Installing the npm packages of $*)
	npm --prefix $* ci --no-fund --no-audit

say = printf '\n== %s\n' '$(1)'

# Where there is no display, the page goes to a browser.
here = -- $$([ "$$(uname)" != Linux ] || [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || echo serve)

# $(call need,PROGRAM,LEAST VERSION,WHAT TO DO)
need = found=$$($(1) --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1) || found=0; \
	printf '%s\n' $(2) "$$found" | sort --check=silent --version-sort || \
	{ echo 'Lysbord needs $(1) $(2) or newer (here: '"$$found"'). Please $(3), then run make again.' >&2; exit 1; }

# $(call install,WHAT FOR,PACKAGES): only what is missing, and only where Debian's apt-get is.
install = command -v apt-get >/dev/null || exit 0; \
	missing=$$(for name in $(2); do dpkg-query -Wf '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || echo $$name; done); \
	[ -n "$$missing" ] || exit 0; \
	printf '\n== Installing for %s: %s\n' '$(1)' "$${missing//$$'\n'/ }"; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo apt-get update >/dev/null; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing >/dev/null
