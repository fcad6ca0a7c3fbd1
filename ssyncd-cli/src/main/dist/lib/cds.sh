# Sourced by bin/ssyncdctl and lib/archive.sh, after lib/java.sh: the classes of the tool, and their
# archive, with which it starts in half the time. An archive is of one Java and of one place.
# Sets `class_path`; `archive`, the file; `archive_of`, what it has to have been made of.
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # what is set by, and for, who sources this

class_path=
for jar in "$home"/lib/ssyncd-cli-*.jar "$home"/lib/ssyncd-raft-*.jar \
  "$home"/lib/picocli-*.jar "$home"/lib/jackson-*.jar; do
  class_path=$class_path$jar:
done
class_path=${class_path%:}

archive=$home/lib/cds/ssyncdctl-${java_major:-unknown}.jsa
archive_of="$java_release $java_version $class_path"

# A short life: one compiler tier, the smallest collector. What the JVM has to say of an archive
# that does not fit is nothing for the tool's output.
tool_flags="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx256m -Xshare:auto
  -Xlog:disable -Xlog:all=error:stderr -Xlog:cds=off:stderr"

# archive_is_current: whether an archive was made of this Java and these jars, or cannot be made.
archive_is_current() {
  [ -r "$archive.of" ] || return 1
  IFS= read -r made_of <"$archive.of" || return 1
  [ "$made_of" = "$archive_of" ] || return 1
  for jar in "$home"/lib/ssyncd-cli-*.jar "$home"/lib/ssyncd-raft-*.jar; do
    # An update in the same place; -nt is not POSIX, but every shell that is sh on Linux has it.
    # shellcheck disable=SC3013
    if [ "$jar" -nt "$archive.of" ]; then return 1; fi
  done
}
