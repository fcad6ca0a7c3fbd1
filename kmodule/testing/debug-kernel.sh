# SPDX-License-Identifier: GPL-2.0-only
# Sourced: a kernel that is built here, of Debian's source and our debug.config: with another HZ, and
# with what watches locks and memory. Stays in $target/X.Y-debug, some 3 GB, until one of the two is new.
# shellcheck shell=bash

# Sets release, image, headers, source and scripts, as get_kernel does; fails if it cannot be built.
build_kernel() {
  local into=$target/$series/kernel config=$here/testing/debug.config made
  made="$(cat "$target/$series/names") $(sha256sum <"$config")"
  mkdir -p "$into"
  if [ "$(cat "$into/made" 2>/dev/null)" != "$made" ]; then
    if ! make_kernel "$into" "$config" >"$into/make.log" 2>&1; then
      echo "# the kernel was not built:" >&2
      tail -n 5 "$into/make.log" | sed 's/^/#   /' >&2
      return 1
    fi
    echo "$made" >"$into/made"
  fi
  release=$(cat "$into/build/include/config/kernel.release")
  image=$into/image
  headers=$into/build
  source=$into/linux/net/netfilter/xt_recent.c
  scripts=$into/linux/scripts
  # What watches takes its time.
  machine_seconds=1800
  race_seconds=20
}

# make_kernel INTO CONFIG: all that takes time, 10 to 30 minutes on two processors.
make_kernel() {
  local into=$1 config=$2 line
  local make=(make -C "$into/linux" "O=$into/build")
  echo "# building Linux $series, for up to half an hour; $into/make.log" >&3
  "$here/../scripts/install-packages" kernel-build || return 1
  rm -rf "$into"/{linux,build,image,made}
  mkdir -p "$into/linux" "$into/build" "$into/image/boot"
  dpkg-deb --fsys-tarfile "$(package_file "$(cat "$target/$series/names")")" |
    tar -x -O -f - --wildcards '*.tar.*' | xz -dc | tar -x -f - -C "$into/linux" --strip-components=1 || return 1
  "${make[@]}" "KCONFIG_ALLCONFIG=$config" allnoconfig || return 1
  while read -r line; do
    if ! grep -qxF "$line" "$into/build/.config"; then
      echo "this kernel does not take $line"
      return 1
    fi
  done < <(grep '^CONFIG_' "$config")
  "${make[@]}" -j "$(nproc)" bzImage modules || return 1
  "${make[@]}" "INSTALL_MOD_PATH=$into/image" modules_install || return 1
  cp "$into/build/arch/x86/boot/bzImage" "$into/image/boot/vmlinuz-$(cat "$into/build/include/config/kernel.release")"
}
