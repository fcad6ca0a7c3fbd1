# SPDX-License-Identifier: GPL-2.0-only
# Sourced: the product and tables that no kernel holds unless it is told to, in a machine.
# shellcheck shell=bash

# By hand, as it takes most of an hour: SCALE_ENTRIES=10000 is a quick one. SCALE_DEEP: how many
# entries of eight stamps, a fifth.
part_scale() {
  if ! has_distribution; then
    skip "tables of 100,000 entries" "the product is not built: mvn -DskipTests package"
    tap_end
    return
  fi
  # Classes are left behind in a namespace, so that the daemon that does so sees no tables of ours.
  space=kmodule-$$
  ip netns add "$space"
  inside ip link set lo up
  archive_classes
  ip netns del "$space"
  rm -rf "${target:?}/$series/scale"
  local entries=${SCALE_ENTRIES:-100000} machine_seconds=7200 machine_options=(-m 3072)
  machine scale scale "$ssyncd" "$archive" "$entries" "${SCALE_DEEP:-$((entries / 5))}"
}
