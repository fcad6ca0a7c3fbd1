# SPDX-License-Identifier: GPL-2.0-only
# Sourced: the product itself. Entries of a leader's kernel go through the log into a follower's, by
# the restore command, and are compared with what they were, as moments of one clock.
# shellcheck shell=bash

tables_of_ten='T0 T1 T2 T3 T4 T5 T6 T7 T8 T9'

has_distribution() {
  [ -x "$ssyncd/bin/ssyncd" ]
}

# rules_of_tables: commands that make the ten tables, and TD.
rules_of_tables() {
  for table in $tables_of_ten TD; do
    echo "iptables-legacy -w -A INPUT -p udp --dport 9 -m recent --set --name $table"
  done
  echo "ip6tables-legacy -w -A INPUT -p udp --dport 9 -m recent --set --name TD"
}

# aged JIFFIES HZ SEED: a thousand lines in the form "TABLE LINE", of 1 to 8 stamps up to ten minutes
# old, to the tick.
aged() {
  awk -v now="$1" -v hz="$2" -v seed="$3" 'BEGIN {
    srand(seed)
    for (t = 0; t < 10; t++) {
      for (i = 1; i <= 100; i++) {
        stamps = 1 + int(8 * rand())
        age = int(600 * hz * rand())
        line = ""
        for (s = 0; s < stamps; s++) {
          line = ";" sprintf("%.0f", now - age) line
          age += int(20 * hz * rand())
        }
        printf "T%d *198.51.%d.%d;%d%s\n", t, t, i, 1 + int(255 * rand()), line
      }
    }
  }'
}

# offsets NAME: how far the host's clock is ahead of a machine's, and how sure that is, in microseconds.
offsets() {
  on "$1" '"$PROBE" clock-offset 10.77.0.1 7123'
}

# compare LEADER FOLLOWER BOUND: files of `probe times` with stamps of one clock; bound in
# microseconds. Says figures, and counts what is missing or too far off.
compare() {
  awk -v bound="$3" '
    NR == FNR { n = split($0, f, " "); key = f[1] " " f[2]; ttl[key] = f[3]; row[key] = $0; next }
    {
      key = $1 " " $2
      if (!(key in row)) { extra++; next }
      seen[key] = 1
      n = split(row[key], f, " ")
      if (n != NF || ttl[key] != $3) { differ++; next }
      entries++
      for (i = 4; i <= NF; i++) {
        off = $i - f[i]
        sum += off
        if (off < 0) off = -off
        if (off > worst) worst = off
        if (off > bound) beyond++
        stamps++
        bucket[int(off / 100)]++
      }
    }
    END {
      for (key in row) if (!(key in seen)) missing++
      for (i = 0; i <= worst / 100; i++) {
        so_far += bucket[i]
        if (!half && so_far >= stamps * 0.5) half = (i + 1) / 10
        if (!most && so_far >= stamps * 0.99) most = (i + 1) / 10
      }
      printf "entries=%d stamps=%d missing=%d extra=%d differ=%d beyond=%d\n", \
        entries, stamps, missing, extra, differ, beyond
      printf "age error: mean %.2f ms, half below %.1f, 99 of 100 below %.1f, worst %.2f ms; bound %.2f ms\n", \
        sum / (stamps ? stamps : 1) / 1000, half, most, worst / 1000, bound / 1000
    }' "$1" "$2"
}

# on_our_clock MICROSECONDS: times that a machine told, as the host's clock has them.
on_our_clock() {
  awk -v off="$1" '{ for (i = 4; i <= NF; i++) $i = sprintf("%.0f", $i + off); print }'
}

# Takes times and clock of a machine: $out/NAME.times, and sets off and unsure.
times_of_machine() {
  local before after
  before=$(offsets "$1")
  on "$1" '"$PROBE" times '"$(printf '/proc/net/xt_recent/%s ' $tables_of_ten TD)" >"$out/$1.own"
  after=$(offsets "$1")
  # The clock was off by something between the two.
  off=$(((${before% *} + ${after% *}) / 2))
  unsure=$((${before#* } + ${after#* } + ( ${before% *} > ${after% *} ? ${before% *} - ${after% *} : ${after% *} - ${before% *} )))
  on_our_clock "$off" <"$out/$1.own" | grep -v '^TD ' >"$out/$1.times"
  on_our_clock "$off" <"$out/$1.own" | grep '^TD ' >"$out/$1.decides"
}

absolute() {
  echo $(($1 < 0 ? -($1) : $1))
}

# judge LEADER_TICK FOLLOWER_TICK OFFSET UNSURE: ticks and clocks in microseconds.
judge() {
  local bound=$(($1 + $2 + 1000 + $(absolute "$3") + $4)) said
  note "ticks of $1 and $2 us, clocks apart by $3 us, measured to $4 us"
  said=$(compare "$out/lb1.times" "$out/lb2.times" "$bound")
  while read -r said_line; do
    note "$said_line"
  done <<<"$said"
  is "a thousand entries are there, with ttl and as many stamps" \
    "$(grep -o 'entries=[0-9]*' <<<"$said") $(grep -oE '(missing|extra|differ)=[1-9][0-9]*' <<<"$said")" \
    "entries=1000 "
  is "each stamp is within a tick of each kernel, 1 ms, and what the clocks are apart" \
    "$(grep -o 'beyond=[0-9]*' <<<"$said")" beyond=0
}

# join: the machine lb2 with its daemon, as follower; and what the cluster holds, in its kernel.
join() {
  holds "a machine as follower lb2" boot lb2 10.77.0.12
  on lb2 "$(rules_of_tables)"
  start_in lb2
  holds "lb2 holds what the cluster holds" until_true 1200 count_in lb2 "$1"
  # A leader whose machine waits for a processor may not answer in time; then it is asked again.
  holds "lb2 writes it into its kernel and reads it back" until_true 600 ctl_in lb2 -o json write recent
  cp "$out/lb2/said.$(cat "$out/lb2/asked")" "$out/written.json"
  note "written: $(grep -oE '"(applied|unchanged|refused|mismatched)" ?: ?[0-9]+' "$out/written.json" |
    awk -F: '{ gsub(/[" ]/, "", $1); sum[$1] += $2 } END { for (k in sum) printf "%d %s, ", sum[k], k }')"
  note "clocks as ssyncd estimates them:"
  ctl w1 members | sed 's/^/#   /'
}

count_in() {
  [ "$(ctl_in "$1" -o json count recent | entries)" = "$2" ]
}

# What a machine said of its kernel when it left.
kernel_was_well() {
  on "$1" leave >/dev/null
  until_true 120 grep -q '^1[.][.]' "$out/$1/said"
  is "$1: modules out, kernel's log clean" \
    "$(grep -c '^ok ' "$out/$1/said") $(grep -A 3 '^not ok ' "$out/$1/said")" \
    "$(sed -n 's/^1[.][.]//p' "$out/$1/said") "
}

quit_in() {
  ctl_in "$1" quit >/dev/null
}

# decide_at SECOND: for each of the four newest hits so many of them, one rule whose seconds are two less
# than its age in that second, and one whose are three more; then a real packet to each, on both machines
# in that second. Fails if a machine was late by more than one.
decide_at() {
  local name family waiting=()
  for family in v4 v6; do
    awk -v at="$1" -v family=$family '
      BEGIN { print "*filter\n:DECIDE - [0:0]" }
      ($2 ~ /:/) == (family == "v6") {
        for (k = 1; k <= 4; k++) {
          age = int(at - $(NF + 1 - k) / 1000000)
          for (late = 0; late <= 1; late++) {
            packet = sprintf("-A DECIDE -p udp --dport %d", 9100 + 2 * k + late)
            print packet
            print packet, "-m recent --name TD --rcheck --hitcount", k, "--seconds", late ? age + 3 : age - 2
          }
        }
      }
      END { print "COMMIT" }' "$out/lb1.decides" | tee "$out/lb1/rules.$family" >"$out/lb2/rules.$family"
  done
  cat >"$out/decide" <<X
chain=DECIDE
iptables-legacy-restore -w -n /run/out/rules.v4
ip6tables-legacy-restore -w -n /run/out/rules.v6
# No program is started once the second has come: that alone can take a second.
ip netns exec client bash -c '
  until ((EPOCHSECONDS >= $1)); do sleep 0.02; done
  for p in {9102..9109}; do
    echo > /dev/udp/10.9.0.1/\$p
    echo > /dev/udp/fd00::1/\$p
  done
  echo \$((EPOCHSECONDS - $1)) >/run/out/late'
until_true 20 came_more v6 9109 0
until_true 20 came_more v4 9109 0
for family in v4 v6; do
  for p in \$(seq 9102 9109); do
    echo "\$family \$p: \$(counts \$family \$p)"
  done
done
X
  for name in lb1 lb2; do
    on "$name" "$(cat "$out/decide")" >"$out/$name.decided" &
    waiting+=($!)
  done
  wait "${waiting[@]}"
  [ "$(cat "$out/lb1/late")" -le 1 ] && [ "$(cat "$out/lb2/late")" -le 1 ]
}

decisions() {
  local name delay
  for name in lb1 lb2; do
    on "$name" 'for f in v4 v6; do $f -N DECIDE; $f -A INPUT -j DECIDE; done'
  done
  # An emulated machine takes seconds until it is ready; one that is busy, many.
  for delay in 15 60 180; do
    decide_at $(($(date +%s) + delay)) && break
  done
  for name in lb1 lb2; do
    holds "$name: packets came in the second that they should, or the next" \
      [ "$(cat "$out/$name/late")" -le 1 ]
    # Each packet came; of each two rules the first does not match and the second does.
    is "$name: rules count the hits of the last N seconds to the second, IPv4 and IPv6" \
      "$(cut -d' ' -f3- "$out/$name.decided" | tr '\n' ',')" "$(yes "1 0,1 1," | head -n 8 | tr -d '\n')"
  done
  holds "the follower's kernel decides as the leader's" cmp "$out/lb1.decided" "$out/lb2.decided"
}

part_product() {
  product product
}

# Leader and follower of different kernels.
part_mixed() {
  local other=6.12
  if [ "$series" = 6.12 ]; then
    other=6.1
  fi
  product mixed "${KMODULE_FOLLOWER:-$other}"
}

# product NAME [SERIES]: the product in two machines, leader lb1 in one boot, follower lb2 in another, of
# this series or that.
product() {
  local seed hz off unsure first first_unsure
  if ! has_distribution; then
    skip "the product on a kernel with the module" "it is not built: mvn -DskipTests package"
    tap_end
    return
  fi
  cluster_up "$1"
  holds "a machine as leader lb1" boot lb1 10.77.0.11
  seed=$((RANDOM * 32768 + RANDOM))
  note "seed $seed"
  hz=$(on lb1 '"$PROBE" hz')
  on lb1 "$(rules_of_tables)"
  on lb1 now >"$out/now"
  aged "$(cat "$out/now")" "$hz" "$seed" >"$out/lb1/aged"
  on lb1 "hz=$hz"'
    for t in T0 T1 T2 T3 T4 T5 T6 T7 T8 T9; do
      sed -n "s/^$t //p" /run/out/aged >/var/tmp/lines
      "$PROBE" write-all $tables/$t </var/tmp/lines
    done
    j=$(now)
    for a in 10.9.0.2 fd00::2; do
      put $tables/TD "*$a;64;$((j - 190 * hz));$((j - 101 * hz));$((j - 62 * hz));$((j - 31 * hz))\n"
    done' >"$out/filled"
  is "a thousand entries of exact ages in its kernel" \
    "$(on lb1 'cat /proc/net/xt_recent/T[0-9] | wc -l')" 1000
  start_in lb1
  holds "it leads, and collects them" until_true 1200 holds_entries 1002

  if [ -n "${2:-}" ] && ! use_kernel "$2"; then
    fail "the follower's kernel, Linux $2" "it cannot be had here"
    tap_end
    return
  fi
  join 1002
  note "up: $(on lb1 'cut -d" " -f1 /proc/uptime') s and $(on lb2 'cut -d" " -f1 /proc/uptime') s, jiffies $(on lb1 now) and $(on lb2 now), Linux $(on lb1 'uname -r') and $(on lb2 'uname -r')"
  is "both kernels know the command" \
    "$(on lb1 'cat /sys/module/xt_recent/version') $(on lb2 'cat /sys/module/xt_recent/version')" \
    "ssyncd-restore-1 ssyncd-restore-1"

  times_of_machine lb1
  first=$off
  first_unsure=$unsure
  times_of_machine lb2
  judge $((1000000 / hz)) $((1000000 / $(on lb2 '"$PROBE" hz'))) $((first - off)) $((first_unsure + unsure))
  decisions

  quit_in lb2
  quit_in lb1
  kernel_was_well lb1
  kernel_was_well lb2
  tap_end
}

# From this host's kernel, whatever it is, to a follower in a machine. This one takes back no ages, so
# the entries are made as they come: over half a minute, with one to eight stamps.
part_ages() {
  local off unsure t
  if ! has_distribution; then
    skip "ages from this host's kernel" "the product is not built: mvn -DskipTests package"
    tap_end
    return
  fi
  cluster_up ages
  inside ip addr add 10.77.0.11/24 dev br0
  rules_of_tables >"$out/tables"
  if ! inside bash -e "$out/tables" >/dev/null 2>&1; then
    skip "ages from this host's kernel" "it has no xt_recent"
    tap_end
    return
  fi
  # A file of each process in the namespace leads to its tables.
  inside bash -c '
    for round in 1 2 3 4 5 6 7 8; do
      for t in 0 1 2 3 4 5 6 7 8 9; do
        for i in $(seq $round 100); do
          echo "+198.51.$t.$i" >/proc/self/net/xt_recent/T$t
        done
        sleep 0.3
      done
    done'
  mkdir -p "$out/lb1"
  configuration lb1 "$out/lb1" >"$out/lb1/ssyncd.conf"
  spawn "$ssyncd/bin/ssyncd" --config "$out/lb1/ssyncd.conf" >"$out/lb1/log" 2>&1
  holds "this host's $(uname -r) leads" until_true 300 holds_entries 1000
  join 1000
  inside bash -c "exec '$target/probe' times $(printf '/proc/self/net/xt_recent/%s ' $tables_of_ten)" >"$out/lb1.times"
  times_of_machine lb2
  judge $((1000000 / $("$target/probe" hz))) $((1000000 / $(on lb2 '"$PROBE" hz'))) "$off" "$unsure"
  quit_in lb2
  kernel_was_well lb2
  tap_end
}
