#!/usr/bin/env bash
# Tests of the package that runs parts on Ray: rules, types, units, a cluster of two nodes on this machine with a stand-in for the
# app, then with the app itself. Makes its own Python environment. Needs Python 3.10 or later, Node, and what `npm test` leaves:
# node_modules, dist, a Chromium. What follows is pytest's: `cluster/test.sh -k words`.
set -euo pipefail
cd "$(dirname "$0")"

made=.venv/requirements-test.txt
if ! cmp -s requirements-test.txt "$made"; then
  rm -rf .venv
  if ! python3 -m venv .venv; then
    echo 'python3 -m venv does not work here; on Debian and Ubuntu: apt-get install python3-venv' >&2
    exit 1
  fi
  .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements-test.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  cp requirements-test.txt "$made"
fi
# Ray tells its makers of its use otherwise.
export RAY_USAGE_STATS_ENABLED=0
# What its sessions leave; a short path, since sockets lie below it.
RAY_TMPDIR=$(mktemp -d /tmp/rayXXXXXX)
export RAY_TMPDIR
trap 'rm -rf "$RAY_TMPDIR"' EXIT
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/pytest "$@"
