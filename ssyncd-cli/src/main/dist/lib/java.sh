# Sourced by bin/ssyncd and bin/ssyncdctl: finds a Java of at least 17.
# Sets `java`, the program; `java_major` and `java_version`, empty where they are not told; and
# `java_flags`, what this Java needs to run the daemon without complaint.
# shellcheck shell=sh

min_java=17

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  if [ ! -x "$java" ]; then
    echo "${0##*/}: JAVA_HOME=$JAVA_HOME holds no bin/java" >&2
    exit 78
  fi
elif java=$(command -v java); then
  :
else
  echo "${0##*/}: no java: set JAVA_HOME or put java (at least $min_java) on the PATH" >&2
  exit 78
fi

# The file `release` beside bin/ tells the version without starting a JVM. Without it we do not judge.
java_major=
java_version=
java_release=$(readlink -f "$java")
java_release=${java_release%/bin/java}/release
if [ -r "$java_release" ]; then
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      java_major=${value#\"}
      java_major=${java_major%%[!0-9]*}
      java_version=${java_version:-$value}
    elif [ "$key" = JAVA_RUNTIME_VERSION ]; then
      java_version=$value
    fi
  done <"$java_release"
fi
if [ -n "$java_major" ] && [ "$java_major" -lt "$min_java" ]; then
  echo "${0##*/}: $java is Java $java_major, ssyncd needs at least $min_java" >&2
  exit 78
fi

# Without a locale Java takes no name of a file that is not ASCII, and pound.cfg may include such.
if [ -z "${LC_ALL:-}${LC_CTYPE:-}${LANG:-}" ]; then
  export LC_CTYPE=C.UTF-8
fi

# Atomix serialises an atomic by reflection; jnr calls native code; netty and kryo use sun.misc.Unsafe.
java_flags="--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED --enable-native-access=ALL-UNNAMED"
if [ "${java_major:-0}" -ge 23 ]; then
  java_flags="$java_flags --sun-misc-unsafe-memory-access=allow"
fi
