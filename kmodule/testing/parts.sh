# SPDX-License-Identifier: GPL-2.0-only
# Sourced: the parts of the test that run on the host, and how those are started that run elsewhere.
# shellcheck shell=bash

# -- the shape of the source --

# refuses NAME WORDS PROGRAM: a source that sed changed so is refused, and the words say why.
refuses() {
  local name=$1 words=$2 program=$3 into=$target/$series/shape said status
  rm -rf "$into"
  mkdir -p "$into"
  sed -E "$program" "$source" >"$into/other.c"
  if cmp -s "$source" "$into/other.c"; then
    fail "$name" "the change changed nothing"
    return
  fi
  said=$("$here/prepare" "$release" "$into/other.c" "$into" 2>&1)
  status=$?
  if [ "$status" -eq 65 ] && [[ $said == *"$words"* ]] && [ ! -e "$into/xt_recent.c" ]; then
    pass "$name"
  else
    fail "$name" "exit $status"$'\n'"$said"
  fi
}

part_shapes() {
  local into=$target/$series/shape
  refuses "an entry with one more member" "unknown member" \
    's/^(\s*)u_int16_t\s+nstamps;/&\n\1struct rcu_head rcu;/'
  refuses "an entry with one member less" "has 7 members" '/^struct recent_entry/,/^}/{/u_int8_t\s+ttl;/d}'
  refuses "an entry with stamps of another type" "unknown member" \
    's/unsigned long(\s+)stamps\[\];/u64\1stamps[];/'
  refuses "a table with no mask" 'no "union nf_inet_addr mask;"' \
    '/^struct recent_table/,/^}/{/union nf_inet_addr/d}'
  refuses "another lock" "the lock" 's/DEFINE_SPINLOCK\(recent_lock/DEFINE_MUTEX(recent_lock/'
  refuses "entries that are freed later" "taken out" 's/kfree\(e\);/kfree_rcu(e, rcu);/'
  refuses "lists that are read without the lock" "without the lock" \
    's/list_add_tail\(&e->list/list_add_tail_rcu(\&e->list/'
  refuses "rings that grow without a flush" "rings grow" '/recent_table_flush\(t\);/d'
  refuses "another bound of a table" "full" 's/t->entries >= ip_list_tot/t->entries > ip_list_tot/'
  refuses "another search" "found" 's/u_int8_t ttl\)$/u_int8_t ttl, bool locked)/'
  refuses "another write operation" "write operation" \
    '/^recent_mt_proc_write/,/\{/s/loff_t \*loff\)/loff_t *loff, int flags)/'
  refuses "operations under another name" "proc operations" \
    's/proc_write(\s*)= recent_mt_proc_write/proc_write\1= recent_write/'
  refuses "operations twice" "2 times" '/^static const struct proc_ops recent_mt_proc_ops = /,/^};/{/^};/s/$/\nstatic const struct proc_ops recent_mt_more_ops = { .proc_write = recent_mt_proc_write, };/}'
  refuses "a module with a version" "version" 's/^MODULE_LICENSE.*/&\nMODULE_VERSION("9");/'
  refuses "one that was prepared already" "already" 's/^static int __init.*/int recent_restore_x;\n&/'

  rm -rf "$into"
  is "a file that is none: refused" \
    "$("$here/prepare" "$release" /etc/hostname "$into" >/dev/null 2>&1; echo $?)" 65
  is "no such file: said" \
    "$("$here/prepare" "$release" "$into/nothing" "$into" 2>&1 | grep -c "no net/netfilter/xt_recent.c")" 1
  is "no kernel's release: wrong usage" "$("$here/prepare" six "$source" "$into" >/dev/null 2>&1; echo $?)" 64

  # What is no file, what is too long for one, and what would be lost by being overwritten.
  mkdir -p "$into/own"
  mkfifo "$into/pipe"
  is "a pipe: no source, and not waited for" \
    "$(timeout 60 "$here/prepare" "$release" "$into/pipe" "$into" >/dev/null 2>&1; echo $?)" 66
  truncate -s 1G "$into/long.c"
  is "a file of 1 GB: refused unread" \
    "$("$here/prepare" "$release" "$into/long.c" "$into" 2>&1 >/dev/null | grep -c "longer than")" 1
  cp "$source" "$into/own/xt_recent.c"
  is "into the source's own directory: wrong usage" \
    "$("$here/prepare" "$release" "$into/own/xt_recent.c" "$into/own" >/dev/null 2>&1; echo $?)" 64
  holds "that source stays" cmp "$source" "$into/own/xt_recent.c"

  # Blanks, breaks and comments are no shape.
  mkdir -p "$into"
  sed -E 's/^(static void recent_entry_remove\(struct recent_table \*t,) /\1\n\t\t/
    s/t->entries--;/t->entries--;\t\/* one less *\//' "$source" >"$into/other.c"
  holds "other line breaks, and comments, are taken" "$here/prepare" "$release" "$into/other.c" "$into"
  is "two places were changed" "$(diff "$into/other.c" "$into/xt_recent.c" | grep -c '^>')" 3

  # From a tree and from a tarball.
  mkdir -p "$into/tree/linux/net/netfilter" "$into/a" "$into/b"
  cp "$source" "$into/tree/linux/net/netfilter/xt_recent.c"
  tar -cJf "$into/tree.tar.xz" -C "$into/tree" linux
  holds "from a tree" "$here/prepare" "$release" "$into/tree/linux" "$into/a"
  holds "from a tarball" "$here/prepare" "$release" "$into/tree.tar.xz" "$into/b"
  holds "it is the same" cmp "$into/a/xt_recent.c" "$into/b/xt_recent.c"
  tap_end
}

# -- the build --

# install_module DIRECTORY: to where DKMS puts it, so that modprobe finds it there.
install_module() {
  install -D -m 644 "$1/xt_recent.ko" "$image/lib/modules/$release/updates/dkms/xt_recent.ko"
  depmod -b "$image" "$release"
}

# need_module: what a part needs that runs without the part `build`.
need_module() {
  local into=$target/$series/module
  local there=$image/lib/modules/$release/updates/dkms/xt_recent.ko
  if [ "$there" -nt "$here/xt_recent_restore.c" ] && [ "$there" -nt "$here/prepare" ]; then
    return
  fi
  rm -rf "$into"
  "$here/prepare" "$release" "$source" "$into" >&2 &&
    make -s -C "$headers" "M=$into" modules >&2 && install_module "$into"
}

part_build() {
  local into=$target/$series/module said
  rm -rf "$into"
  holds "prepare takes Debian's $release" "$here/prepare" "$release" "$source" "$into"
  said=$(make -C "$headers" "M=$into" W=1 C=2 modules 2>&1)
  is "make W=1 C=2 builds it" "$?" 0
  is "neither gcc with W=1 nor sparse has a word on it" \
    "$(grep -E 'warning|error' <<<"$said")" ""
  holds "sparse looked at it" grep -q 'CHECK .*xt_recent.c' <<<"$said"
  said=$(perl "$scripts/checkpatch.pl" --no-tree --strict --terse --file \
    "$here/xt_recent_restore.c" 2>&1)
  is "checkpatch --strict has none either" "$?: $(grep -v '^total: 0 errors, 0 warnings' <<<"$said")" "0: "
  is "it was built for that kernel" "$(modinfo -F vermagic "$into/xt_recent.ko" | cut -d' ' -f1)" "$release"
  is "and says what it knows" "$(modinfo -F version "$into/xt_recent.ko")" ssyncd-restore-1
  install_module "$into"
  tap_end
}

# -- in a machine --

part_functional() {
  machine functional functional
}

part_stock() {
  machine stock stock
}

part_races() {
  machine races races "${race_seconds:-5}"
}

# -- as DKMS builds it, from the files that the README names --

package=(Kbuild LICENSE README.md dkms.conf prepare shape.awk xt_recent_restore.c)

part_dkms() {
  local tree=$target/$series/dkms made said
  local options=(--dkmstree "$tree/lib" --sourcetree "$tree/src")
  if ! command -v dkms >/dev/null; then
    skip "dkms add and build" "no dkms here"
    tap_end
    return
  fi
  rm -rf "$tree"
  mkdir -p "$tree/lib" "$tree/src/ssyncd-xt-recent-1.0"
  (cd "$here" && cp "${package[@]}" "$tree/src/ssyncd-xt-recent-1.0/")
  # As an administrator says it whose source is not in /usr/src, but in DKMS's own file for that.
  sed -i "s|^PRE_BUILD=.*|PRE_BUILD=\"prepare \${kernelver} $source\"|" \
    "$tree/src/ssyncd-xt-recent-1.0/dkms.conf"
  holds "dkms add" dkms add ssyncd-xt-recent/1.0 "${options[@]}"
  holds "dkms build" dkms build ssyncd-xt-recent/1.0 -k "$release" \
    --kernelsourcedir "$headers" "${options[@]}"
  made=$(find "$tree/lib" -name 'xt_recent.ko*' -path '*/module/*' | head -n 1)
  is "its module says what it knows" "$(modinfo -F version "$made" 2>&1)" ssyncd-restore-1
  is "and is for that kernel" "$(modinfo -F vermagic "$made" 2>&1 | cut -d' ' -f1)" "$release"
  # Nothing is built from a file that is refused.
  sed -i "s|^PRE_BUILD=.*|PRE_BUILD=\"prepare \${kernelver} /etc/hostname\"|" \
    "$tree/src/ssyncd-xt-recent-1.0/dkms.conf"
  dkms unbuild ssyncd-xt-recent/1.0 --all "${options[@]}" >/dev/null 2>&1
  said=$(dkms build ssyncd-xt-recent/1.0 -k "$release" --kernelsourcedir "$headers" "${options[@]}" 2>&1)
  holds "of a source that is refused dkms builds nothing" [ "$?" -ne 0 ]
  holds "and says why" grep -q "the restore command was not written for this file" <<<"$said"
  tap_end
}
