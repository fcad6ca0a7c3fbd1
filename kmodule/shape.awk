# SPDX-License-Identifier: GPL-2.0-only
# Holds an xt_recent.c against what the restore command relies upon, and the compiler cannot see: what
# an entry consists of, which lock guards it, how it is freed, when rings grow. Says each difference;
# exit 1 if there is any.
#
# Variables: name  what to call the file
#
# The text is looked at without comments and with single blanks, so that lines may be broken anyhow.

{
  text = text "\n" $0
}

END {
  text = squeeze(without_comments(text))

  members("recent_entry", "the restore command makes entries", \
    "struct list_head list;struct list_head lru_list;union nf_inet_addr addr;u_int16_t family;" \
    "u_int8_t ttl;u_int8_t index;u_int16_t index;u_int16_t nstamps;unsigned long stamps[];" \
    "unsigned long stamps[0];", 8)
  has_members("recent_table", \
    "struct list_head list;union nf_inet_addr mask;unsigned int entries;struct list_head lru_list;")
  has_members("recent_net", "struct list_head tables;")
  has_members("recent_iter_state", "const struct recent_table *table;")

  once("the lock", "static DEFINE_SPINLOCK\\(recent_lock\\);")
  once("how an entry is taken out", "static void recent_entry_remove\\(struct recent_table \\*t, " \
    "struct recent_entry \\*e\\) \\{ list_del\\(&e->list\\); list_del\\(&e->lru_list\\); " \
    "kfree\\(e\\); t->entries--; \\}")
  once("how an entry is found", "static struct recent_entry \\* ?recent_entry_lookup\\(" \
    "const struct recent_table \\*table, const union nf_inet_addr \\*addrp, u_int16_t family, " \
    "u_int8_t ttl\\)")
  once("when a table is full", "if \\(t->entries >= ip_list_tot\\)")
  once("where a new stamp goes", "e->index &= t->nstamps_max_mask; ")
  once("how rings grow", "spin_lock_bh\\(&recent_lock\\); recent_table_flush\\(t\\); " \
    "t->nstamps_max_mask = nstamp_mask; spin_unlock_bh\\(&recent_lock\\);")
  once("the hash of IPv4", "unsigned int recent_entry_hash4\\(const union nf_inet_addr \\*addr\\)")
  once("the hash of IPv6", "unsigned int recent_entry_hash6\\(const union nf_inet_addr \\*addr\\)")
  once("the namespace's part", "struct recent_net \\*recent_pernet\\(struct net \\*net\\)")
  once("the write operation", "static ssize_t recent_mt_proc_write\\(struct file \\*file, " \
    "const char __user \\*input, size_t size, loff_t \\*loff\\)")
  once("the open operation", "__seq_open_private\\(file, &recent_seq_ops, sizeof\\(\\*st\\)\\);")
  once("the proc operations", "static const struct (proc_ops|file_operations) recent_mt_[a-z_]+ = " \
    "\\{[^}]*write = recent_mt_proc_write,[^}]*\\};")

  never("lists that are read without the lock", "_rcu\\(")
  never("a version of its own", "MODULE_VERSION\\(")
  never("the restore command already", "recent_restore_")
  exit differences > 0
}

function differs(what) {
  print "prepare: " name ": " what | "cat >&2"
  differences++
}

function count(pattern,    rest, n) {
  rest = text
  while (match(rest, pattern)) {
    n++
    rest = substr(rest, RSTART + RLENGTH)
  }
  return n + 0
}

function once(what, pattern,    n) {
  n = count(pattern)
  if (n != 1) {
    differs(what ": " (n ? "there " n " times" : "not as it is known") ", where it should be once")
  }
}

function never(what, pattern) {
  if (count(pattern)) {
    differs("has " what)
  }
}

# What is between the braces of a struct; nested ones are no concern of these.
function body(struct,    from, rest) {
  from = index(text, "struct " struct " { ")
  if (!from) {
    differs("struct " struct " is not there")
    return ""
  }
  rest = substr(text, from + length("struct " struct " { "))
  return substr(rest, 1, index(rest, "}") - 1)
}

# members STRUCT WHY KNOWN HOW_MANY: a struct has so many members, all of them known.
function members(struct, why, known, how_many,    list, n, i, member) {
  n = split(body(struct), list, ";")
  for (i = 1; i < n; i++) {
    member = trim(list[i]) ";"
    if (!index(";" known, ";" member)) {
      differs("struct " struct " has an unknown member, \"" member "\", and " why)
    }
  }
  if (n - 1 != how_many) {
    differs("struct " struct " has " n - 1 " members, not " how_many)
  }
}

# has_members STRUCT NEEDED: a struct has these members, whatever else it has.
function has_members(struct, needed,    has, list, n, i) {
  has = body(struct)
  gsub(/; /, ";", has)
  n = split(needed, list, ";")
  for (i = 1; i < n; i++) {
    if (!index(";" has, ";" list[i] ";")) {
      differs("struct " struct " has no \"" list[i] ";\"")
    }
  }
}

function without_comments(s,    from, end, out) {
  while ((from = index(s, "/*")) > 0) {
    out = out substr(s, 1, from - 1) " "
    s = substr(s, from + 2)
    end = index(s, "*/")
    s = end ? substr(s, end + 2) : ""
  }
  out = out s
  gsub(/\/\/[^\n]*/, "", out)
  return out
}

function squeeze(s) {
  gsub(/[ \t\n]+/, " ", s)
  return s
}

function trim(s) {
  gsub(/^ +| +$/, "", s)
  return s
}
