# SPDX-License-Identifier: GPL-2.0-only
# Sourced: machines under software emulation, on the host's own root, which they cannot write.
# Needs: here, target, and what use_kernel sets.
# shellcheck shell=bash

# The modules that reach the root, and what is first run.
make_initramfs() {
  local work module
  initramfs=$target/$series/initramfs.gz
  work=$(mktemp -d "$target/initramfs.XXXXXX")
  mkdir -p "$work"/{bin,lib/modules,proc,sys,dev,host,memory,root}
  cp "$(command -v busybox)" "$work/bin/busybox"
  # One that is not static wants its libraries.
  ldd "$work/bin/busybox" 2>/dev/null | grep -o "/[^ ]*" | while read -r library; do
    mkdir -p "$work/${library%/*}"
    cp -L "$library" "$work/$library"
  done
  cp "$here/testing/init" "$work/init"
  for module in 9p 9pnet_virtio virtio_pci overlay; do
    modprobe -d "$image" -S "$release" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
    local name=${module##*/}
    case $name in
      *.xz) xz -dc "$module" >"$work/lib/modules/${name%.xz}" ;;
      *) cp "$module" "$work/lib/modules/" ;;
    esac
    echo "${name%.xz}"
  done >"$work/modules"
  (cd "$work" && find . | cpio -o -H newc --quiet | gzip -1) >"$initramfs.new"
  mv "$initramfs.new" "$initramfs"
  rm -rf "$work"
}

# use_kernel SERIES: what is booted from here on; fails if it cannot be had.
use_kernel() {
  get_kernel "$1" && make_initramfs
}

# machine NAME RUN [WORD...]: boots and runs a program of testing/ in there, with these words and with
# the extra options of QEMU in machine_options; what it says goes to standard output, the kernel's
# log and what it leaves in /run/out to $machine_out, or $target/$series/NAME; in the namespace that
# machine_in enters.
machine_options=()
machine_in=()

machine() {
  local name=$1 run=$2 out=${machine_out:-$target/$series/$1} words
  shift 2
  need_module
  words=$(IFS=,; echo "$*")
  mkdir -p "$out"
  "${machine_in[@]}" timeout --foreground "${machine_seconds:-300}" qemu-system-x86_64 \
    -accel tcg,thread=multi -cpu max -smp 2 -m 2048 \
    -nodefaults -no-user-config -display none -no-reboot \
    -kernel "$image/boot/vmlinuz-$release" -initrd "$initramfs" \
    -fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap" \
    -device virtio-9p-pci,fsdev=host,mount_tag=host \
    -fsdev "local,id=out,path=$out,security_model=none" \
    -device virtio-9p-pci,fsdev=out,mount_tag=out \
    -serial "file:$out/console" -serial stdio -pidfile "$out/pid" \
    "${machine_options[@]}" \
    -append "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr tsc=reliable \
kmodule.stage=$here/testing/stage kmodule.run=$here/testing/$run kmodule.image=$image \
${JAVA_HOME:+kmodule.java=$JAVA_HOME} ${words:+kmodule.with=$words}" \
    </dev/null | sed -u 's|\r$||' | tee "$out/said"
  [ "${PIPESTATUS[0]}" -eq 0 ]
}
