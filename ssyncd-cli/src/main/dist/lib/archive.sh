#!/bin/sh
# Makes the archive of classes with which ssyncdctl starts faster, for the Java that it runs with.
# The build does so, and ssyncdctl when it finds none and may write here. After an installation:
#
#   sh /opt/ssyncd/lib/archive.sh
#
# Without an archive everything works, slower.
set -eu

home=$(dirname "$(dirname "$(readlink -f "$0")")")
# shellcheck source=ssyncd-cli/src/main/dist/lib/java.sh
. "$home/lib/java.sh"
# shellcheck source=ssyncd-cli/src/main/dist/lib/cds.sh
. "$home/lib/cds.sh"

mkdir -p "$home/lib/cds"
# One at a time: the lock goes with its process, however that ends.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$home/lib/cds/lock"
  flock -n 9 || exit 0
fi
if archive_is_current; then
  exit 0
fi
rm -rf "$home"/lib/cds/making.*
work=$(mktemp -d "$home/lib/cds/making.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck disable=SC2086 # tool_flags are words
if "$java" $tool_flags -Xshare:off "-XX:DumpLoadedClassList=$work/classes" \
  -cp "$class_path" io.ssyncd.ctl.Rehearsal >"$work/log" 2>&1 9>&- \
  && "$java" -Xshare:dump -XX:+UseG1GC -Xmx256m "-XX:SharedClassListFile=$work/classes" \
    "-XX:SharedArchiveFile=$work/archive" -cp "$class_path" >>"$work/log" 2>&1 9>&-; then
  chmod 0644 "$work/archive"
  mv -f "$work/archive" "$archive"
  status=0
else
  # Not tried again with this Java.
  rm -f "$archive"
  echo "ssyncd: $java makes no archive of classes; ssyncdctl starts slower without:" >&2
  tail -n 5 "$work/log" >&2
  status=1
fi
echo "$archive_of" >"$work/of"
mv -f "$work/of" "$archive.of"
exit "$status"
