# SPDX-License-Identifier: GPL-2.0-only
# Sourced inside a machine under test: tables, packets, and what the kernel has to say.
# shellcheck shell=bash

. "$TESTING/tap.sh"

tables=/proc/net/xt_recent
# The kernel's words for what must not happen, in any case.
complaints='WARNING|BUG|Oops|Call Trace|lockup|\bstall|blocked for more|possible (circular|recursive)|suspicious RCU|sleeping function|scheduling while atomic|refcount_t|general protection|unable to handle|KASAN|UBSAN|page allocation failure|corrupt'

v4() {
  iptables-legacy -w "$@"
}

v6() {
  ip6tables-legacy -w "$@"
}

# In the order in which it comes to be on a balancer: a namespace that ends takes these down the other
# way round, so the tables go before the rules that use them.
load_module() {
  modprobe -a iptable_filter ip6table_filter xt_tcpudp veth
  modprobe xt_recent
}

# A client on the other side of a wire: 10.9.0.2 and fd00::2 in the namespace `client`.
client() {
  ip netns add client
  ip link add wire0 type veth peer name wire1 netns client
  ip addr add 10.9.0.1/24 dev wire0
  ip -6 addr add fd00::1/64 dev wire0 nodad
  ip link set wire0 up
  ip -n client addr add 10.9.0.2/24 dev wire1
  ip -n client -6 addr add fd00::2/64 dev wire1 nodad
  ip -n client link set lo up
  ip -n client link set wire1 up
  until_true 20 ip netns exec client bash -c 'echo > /dev/udp/10.9.0.1/9000'
}

# Where rules go and are looked for.
chain=INPUT

# rule v4|v6 PORT WORDS...: packets to a port are counted, and then those that the words match.
rule() {
  local family=$1 port=$2
  shift 2
  "$family" -A "$chain" -p udp --dport "$port"
  "$family" -A "$chain" -p udp --dport "$port" -m recent "$@"
}

# counts v4|v6 PORT: how many came, how many matched.
counts() {
  "$1" -nvxL "$chain" | awk -v port="dpt:$2" '$0 ~ port"( |$)" { printf "%s%s", between, $1; between = " " }'
}

came() {
  local both
  both=$(counts "$1" "$2")
  echo "${both%% *}"
}

matched() {
  local both
  both=$(counts "$1" "$2")
  echo "${both##* }"
}

came_more() {
  [ "$(came "$1" "$2")" -gt "$3" ]
}

# packet v4|v6 PORT: one from the client, and through the rules.
packet() {
  local before to=10.9.0.1
  if [ "$1" = v6 ]; then
    to=fd00::1
  fi
  before=$(came "$1" "$2")
  ip netns exec client bash -c "echo > /dev/udp/$to/$2"
  until_true 20 came_more "$1" "$2" "$before"
}

# decides v4|v6 PORT: whether the rules match one more packet of the client.
decides() {
  local before
  before=$(matched "$1" "$2")
  packet "$1" "$2"
  if [ "$(matched "$1" "$2")" -gt "$before" ]; then
    echo yes
  else
    echo no
  fi
}

put() {
  "$PROBE" write "$@"
}

now() {
  "$PROBE" jiffies
}

# unload: rules away, module away, nothing left.
unload() {
  v4 -F
  v6 -F
  if until_true 20 rmmod xt_recent; then
    pass "rmmod xt_recent"
  else
    fail "rmmod xt_recent" "$(rmmod xt_recent 2>&1; lsmod | grep xt_recent)"
  fi
  is "its tables are gone with it" "$(ls -d /proc/net/xt_recent 2>/dev/null)" ""
}

# What a kernel that watches its locks says of its own xt_recent, as the program `stock` shows: when a
# namespace ends, it takes proc's lock while it holds that of the tables. It watches no lock after that.
# Prints the log without, or with the word "only", nothing but this one; no report that names our code is.
own_lock_order() {
  awk -v only="${1:-}" '
    /SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected/ { report = $0; its_own = ours = 0; next }
    report {
      report = report "\n" $0
      its_own = its_own || /recent_lock.*at: recent_net_exit/
      ours = ours || /recent_restore/
      if (/<\/TASK>/) {
        if ((its_own && !ours) == (only != "")) print report
        report = ""
      }
      next
    }
    only == ""
    END { if (report) print report }'
}

# locks_are_watched: where the kernel does so, it has found nothing and goes on.
locks_are_watched() {
  if [ -e /proc/lockdep_stats ]; then
    is "the kernel watches its locks, and has found nothing" \
      "$(awk '/debug_locks:/ { print $2 }' /proc/lockdep_stats)" 1
  fi
}

# O and E alone: built outside the kernel's tree, not signed.
kernel_is_well() {
  is "the kernel's log has no complaint" \
    "$(dmesg | own_lock_order | grep -E "$complaints" |
      grep -vE 'Spectre|MDS|mitigation|Speculat' | head -n 5)" ""
  is "the kernel is tainted by a foreign module and by nothing else" \
    "$(($(cat /proc/sys/kernel/tainted) & ~(1 << 12 | 1 << 13)))" 0
}
