# SPDX-License-Identifier: GPL-2.0-only
# Sourced: a cluster of ssyncd of which some members are machines, and the host holds the rest, in a
# network namespace with a bridge: w1, the witness, 10.77.0.1; lb1 10.77.0.11; lb2 10.77.0.12.
# shellcheck shell=bash

ssyncd=$here/../ssyncd-cli/target/ssyncd

# A machine that is emulated starts a Java ten times slower: the quick compiler alone, the smallest
# collector, and classes as this host has left them behind.
java_options='-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC'
archive=$target/ssyncd.jsa

# Leaves the classes of a daemon that has led, written and ended. Without them machines start slower.
archive_classes() {
  local there=$target/archive
  # It holds where the jars lie.
  if [ "$archive" -nt "$ssyncd/lib" ] && [ "$(cat "$archive.of" 2>/dev/null)" = "$ssyncd" ]; then
    return
  fi
  rm -rf "$there"
  mkdir -p "$there"
  {
    echo "ssyncd { node = a, data-dir = \"$there/data\", control { socket = \"$there/ssyncd.sock\" }"
    echo "  cluster { tls { enabled = false }, members { a { address = \"127.0.0.1:7777\" } } }"
    echo "  recent { enabled = true, tables = [\"T*\"] }, metrics { listen = off } }"
  } >"$there/ssyncd.conf"
  SSYNCD_JAVA_OPTS="$java_options -XX:ArchiveClassesAtExit=$archive -Xlog:cds=off" \
    ip netns exec "$space" "$ssyncd/bin/ssyncd" --config "$there/ssyncd.conf" >"$there/log" 2>&1 &
  until_true 120 grep -q 'INGESTING' "$there/log"
  inside "$ssyncd/bin/ssyncdctl" --socket "$there/ssyncd.sock" write recent >/dev/null 2>&1
  # It leaves the classes when it is asked to end, and not when it is killed.
  inside "$ssyncd/bin/ssyncdctl" --socket "$there/ssyncd.sock" quit >/dev/null 2>&1
  until_true 60 eval "! kill -0 $!" || kill $!
  wait $!
  echo "$ssyncd" >"$archive.of"
}

# cluster_up: the network, the witness, and a clock that machines ask for the time.
cluster_up() {
  space=kmodule-$$
  out=$target/$series/$1
  rm -rf "$out"
  mkdir -p "$out/w1"
  started=()
  trap cluster_down EXIT
  ip netns add "$space"
  inside ip link set lo up
  inside ip link add br0 type bridge
  inside ip addr add 10.77.0.1/24 dev br0
  inside ip link set br0 up
  archive_classes
  spawn "$target/probe" clock-server 7123
  configuration w1 "$out/w1" >"$out/w1/ssyncd.conf"
  spawn "$ssyncd/bin/ssyncd" --config "$out/w1/ssyncd.conf" >"$out/w1/log" 2>&1
}

cluster_down() {
  local pid
  for pid in "$out"/*/pid; do
    [ -e "$pid" ] && kill "$(cat "$pid")" 2>/dev/null
  done
  if [ ${#started[@]} -gt 0 ]; then
    kill "${started[@]}" 2>/dev/null
    wait "${started[@]}" 2>/dev/null
  fi
  ip netns del "$space" 2>/dev/null
}

inside() {
  ip netns exec "$space" "$@"
}

# spawn COMMAND...: inside, in the background, until the end of the part. Not by `inside`: what is
# killed has to be the command, and no shell around it.
spawn() {
  ip netns exec "$space" "$@" &
  started+=($!)
}

# configuration NAME DIRECTORY: of a member. Emulated machines are slow: their leaders get patience.
configuration() {
  cat <<X
ssyncd {
  node = $1
  data-dir = "$2/data"
  control { socket = "$2/ssyncd.sock" }
  cluster {
    name = kmodule
    election-timeout = 20 s
    heartbeat = 1 s
    tls { enabled = false }
    members {
      lb1 { address = "10.77.0.11:7777" }
      lb2 { address = "10.77.0.12:7777" }
      w1 { address = "10.77.0.1:7777", witness = true }
    }
  }
  recent {
    enabled = true
    tables = ["T*"]
    interval = 500 ms
  }
  metrics { listen = off }
}
X
}

# boot NAME ADDRESS: a machine that is a member, once it is ready. It is ended by its pid file.
boot() {
  mkdir -p "$out/$1"
  inside ip tuntap add dev "tap-$1" mode tap
  inside ip link set "tap-$1" master br0 up
  (
    machine_in=(ip netns exec "$space")
    machine_out=$out/$1
    machine_seconds=3600
    machine_options=(-netdev "tap,id=net,ifname=tap-$1,script=no,downscript=no"
      -device "virtio-net-pci,netdev=net,mac=52:54:00:77:00:${2##*.}")
    machine "$1" member "$2" 10.77.0.1
  ) >/dev/null 2>&1 &
  until_true 600 test -e "$out/$1/ready"
}

# on NAME COMMANDS: in that machine; says what they say, with their status.
on() {
  local there=$out/$1 n
  n=$(($(cat "$there/asked" 2>/dev/null || echo 0) + 1))
  echo $n >"$there/asked"
  printf '%s\n' "$2" >"$there/ask.new"
  mv "$there/ask.new" "$there/ask.$n"
  if ! until_true 600 test -e "$there/did.$n"; then
    echo "$1 did not answer: $2" >&2
    return 1
  fi
  cat "$there/said.$n"
  return "$(cat "$there/did.$n")"
}

# start_in NAME: the daemon of a machine. The distribution is this host's, through its root.
start_in() {
  configuration "$1" /var/tmp/ssyncd >"$out/$1/ssyncd.conf"
  on "$1" "mkdir -p /var/tmp/ssyncd
    export SSYNCD_JAVA_OPTS='$java_options -XX:SharedArchiveFile=$archive'
    $ssyncd/bin/ssyncd --config /run/out/ssyncd.conf >/run/out/log 2>&1 &"
}

# ctl_in NAME WORDS: ssyncdctl in a machine.
ctl_in() {
  on "$1" "$ssyncd/bin/ssyncdctl --socket /var/tmp/ssyncd/ssyncd.sock ${*:2}"
}

# ctl NAME WORDS: ssyncdctl of a member on this host.
ctl() {
  inside "$ssyncd/bin/ssyncdctl" --socket "$out/$1/ssyncd.sock" "${@:2}"
}

# entries: the sum of what `count -o json` says of tables.
entries() {
  grep -oE '"count" ?: ?[0-9]+' | awk -F: '{ sum += $2 } END { print sum + 0 }'
}

# holds_entries HOW_MANY: the witness does. Asked seldom: who asks takes time from the machines.
holds_entries() {
  sleep 2
  [ "$(ctl w1 -o json count recent | entries)" = "$1" ]
}
