# SPDX-License-Identifier: GPL-2.0-only
# Sourced: gets Debian's kernel, its headers and its source, and unpacks them under $target; nothing
# of them is installed. What was fetched stays in $target/packages for the next time.
# shellcheck shell=bash

# get_kernel SERIES: 6.1, 6.12 or 6.1-debug. Sets series, release, image, headers, source and scripts;
# fails if they cannot be had.
get_kernel() {
  series=$1
  local names=$target/$series/names
  mkdir -p "$target/$series" "$target/packages"
  if find_kernel "$series" >"$names.new" && fetch "$names.new"; then
    mv "$names.new" "$names"
  elif update && find_kernel "$series" >"$names.new" && fetch "$names.new"; then
    # The machine's lists were older than what is still offered.
    mv "$names.new" "$names"
  elif [ -s "$names" ] && fetched "$names"; then
    echo "# Linux $series cannot be fetched today; taking what was fetched before" >&2
  else
    return 1
  fi
  rm -f "$names.new"
  if [ "$series" != "${series%-debug}" ]; then
    build_kernel 3>&2
    return
  fi
  release=$(sed -n 's/^linux-image-\([^=]*\)=.*/\1/p' "$names")
  unpack "$series"
  image=$target/$series/$release/image
  headers=$target/$series/$release/headers/usr/src/linux-headers-$release
  source=$target/$series/$release/xt_recent.c
  scripts=$target/$series/$release/scripts
}

update() {
  apt-get -q=2 update >&2
}

# The distribution's lists, or those of backports, kept apart from the machine's.
apt_options=()

use_backports() {
  local lists=$target/apt uri codename
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" |
    head -n 1)
  if [ -z "$uri" ]; then
    return 1
  fi
  mkdir -p "$lists/lists/partial" "$lists/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $codename-backports main" \
    >"$lists/sources.list"
  apt_options=(-o "Dir::Etc::SourceList=$lists/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$lists/lists" -o "Dir::Cache=$lists")
  apt-get -q=2 "${apt_options[@]}" update
}

# The names of the packages of a series, with their versions.
find_kernel() {
  local series=$1 kernel='' name lists
  apt_options=()
  if [ "$series" != "${series%-debug}" ]; then
    name=linux-source-${series%-debug}
    echo "$name=$(candidate "$name")"
    return
  fi
  for lists in own backports; do
    if [ $lists = backports ] && ! use_backports >&2; then
      break
    fi
    kernel=$(apt-cache "${apt_options[@]}" search --names-only \
      "^linux-image-${series//./\\.}\\.[0-9.]+([-+][a-z0-9.]+)*-amd64\$" |
      sed 's/ .*//' | grep -vE -- '-(cloud|rt)-' | sort -V | tail -n 1)
    if [ -n "$kernel" ]; then
      break
    fi
  done
  if [ -z "$kernel" ]; then
    return 1
  fi
  kernel=${kernel#linux-image-}
  local common=${kernel%-amd64} kbuild=linux-kbuild-$series
  if apt-cache "${apt_options[@]}" show "linux-kbuild-$common" >/dev/null 2>&1; then
    kbuild=linux-kbuild-$common
  fi
  local version
  version=$(candidate "linux-image-$kernel")
  for name in "linux-image-$kernel" "linux-headers-$kernel" "linux-headers-$common-common" \
    "$kbuild" "linux-source-$series"; do
    # Signed and unsigned packages of one kernel have one version, or differ in a rebuild's mark.
    if apt-cache "${apt_options[@]}" show "$name=$version" >/dev/null 2>&1; then
      echo "$name=$version"
    else
      echo "$name=$(candidate "$name")"
    fi
  done
}

candidate() {
  apt-cache "${apt_options[@]}" policy "$1" | sed -n 's/^ *Candidate: //p'
}

# The file that a package was fetched to.
package_file() {
  local name=${1%%=*} version=${1#*=}
  find "$target/packages" -name "${name}_${version//:/%3a}_*.deb" | head -n 1
}

# Says which packages of a list are not here; fails if there are any.
missing() {
  local package any=no
  while read -r package; do
    if [ -z "$(package_file "$package")" ]; then
      echo "$package"
      any=yes
    fi
  done <"$1"
  [ $any = no ]
}

fetched() {
  missing "$1" >/dev/null
}

fetch() {
  local wanted
  if wanted=$(missing "$1"); then
    return 0
  fi
  echo "# fetching" $wanted >&2
  # shellcheck disable=SC2086 # a list of packages
  (cd "$target/packages" && apt-get -q=2 -o APT::Sandbox::User=root "${apt_options[@]}" \
    download $wanted >&2)
}

# Unpacks a series: image with its modules' list, headers that find each other, xt_recent.c.
unpack() {
  local series=$1 into=$target/$1/$release package file
  if [ -e "$into/done" ]; then
    return 0
  fi
  rm -rf "$into"
  mkdir -p "$into/image" "$into/headers"
  echo "# unpacking Linux $release" >&2
  while read -r package; do
    file=$(package_file "$package")
    case $package in
      linux-image-*) dpkg-deb -x "$file" "$into/image" ;;
      linux-source-*)
        dpkg-deb --fsys-tarfile "$file" | tar -x -O -f - --wildcards '*.tar.*' |
          xz -dc | tar -x -f - -C "$into" --wildcards --strip-components=1 \
          '*/net/netfilter/xt_recent.c' '*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
          '*/scripts/const_structs.checkpatch'
        mv "$into/net/netfilter/xt_recent.c" "$into/xt_recent.c"
        ;;
      *) dpkg-deb -x "$file" "$into/headers" ;;
    esac
  done <"$target/$series/names"
  # These name each other by where they are installed.
  sed -i "s|^include /usr/src/|include $into/headers/usr/src/|" \
    "$into/headers/usr/src/linux-headers-$release/Makefile"
  depmod -b "$into/image" "$release"
  touch "$into/done"
}
