# SPDX-License-Identifier: GPL-2.0-only
# Sourced: the lines that say what was checked, as the Test Anything Protocol has them.
# shellcheck shell=bash

tap_checks=0
tap_failed=0

# pass NAME, fail NAME [WHY]
pass() {
  tap_checks=$((tap_checks + 1))
  echo "ok $tap_checks - $1"
}

fail() {
  tap_checks=$((tap_checks + 1))
  tap_failed=$((tap_failed + 1))
  echo "not ok $tap_checks - $1"
  if [ -n "${2:-}" ]; then
    printf '%s\n' "$2" | cut -c 1-400 | sed 's/^/#   /'
  fi
}

# skip NAME WHY
skip() {
  tap_checks=$((tap_checks + 1))
  echo "ok $tap_checks - $1 # SKIP $2"
}

# is NAME IS SHOULD: they are the same.
is() {
  if [ "$2" = "$3" ]; then
    pass "$1"
  else
    fail "$1" "is:     $2"$'\n'"should: $3"
  fi
}

# holds NAME COMMAND...: it succeeds.
holds() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    pass "$name"
  else
    fail "$name" "$* ended with $?"$'\n'"$said"
  fi
}

# until SECONDS COMMAND...: tries until it succeeds; fails when that takes longer.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      return 1
    fi
    sleep 0.05
  done
}

# note TEXT: for the reader.
note() {
  echo "# $*"
}

# tap_end: the plan, last; the exit status of what was checked.
tap_end() {
  echo "1..$tap_checks"
  [ "$tap_failed" -eq 0 ]
}
