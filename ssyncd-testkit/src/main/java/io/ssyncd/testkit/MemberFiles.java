package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.PoundCfgWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a member's files lie.
 *
 * @param directory all of them
 */
record MemberFiles(Path directory) {
  Path config() {
    return directory.resolve("ssyncd.conf");
  }

  Path data() {
    return directory.resolve("data");
  }

  Path control() {
    return directory.resolve("run/ssyncd.sock");
  }

  Path log() {
    return directory.resolve("ssyncd.log");
  }

  Path trackFile() {
    return directory.resolve("ready");
  }

  /** How far its host's clock was moved. */
  Path clock() {
    return directory.resolve("clock");
  }

  /** Where its Pounds have their sockets. */
  Path pounds() {
    return directory.resolve("pound");
  }

  Path poundConfig(String farm) {
    return pounds().resolve(farm + ".cfg");
  }

  private static String tls(ClusterSpec spec, String name) {
    if (!spec.tls) {
      return "tls { enabled = false }";
    }
    Path files = certificates(spec);
    return "tls { certificate = \"%s\", key = \"%s\", ca = \"%s\" }"
        .formatted(
            files.resolve(name + ".crt"), files.resolve(name + ".key"), files.resolve("ca.crt"));
  }

  /** Where the cluster's certificates lie, its CA's key among them. */
  static Path certificates(ClusterSpec spec) {
    return spec.directory.resolve("tls");
  }

  void write(ClusterSpec spec, String name, List<Host> hosts) throws IOException {
    Files.createDirectories(pounds());
    StringBuilder farms = new StringBuilder();
    for (Farm farm : spec.farms.values()) {
      Path config = poundConfig(farm.name());
      Files.writeString(config, PoundCfgWriter.write(farm));
      farms.append("      \"%s\" { config = \"%s\" }\n".formatted(farm.name(), config));
    }
    StringBuilder members = new StringBuilder();
    List<String> known = spec.known.getOrDefault(name, spec.names);
    for (int i = 0; i < hosts.size(); i++) {
      String member = spec.names.get(i);
      if (known.contains(member)) {
        members.append(
            "      %s { address = \"%s:%d\", witness = %s }\n"
                .formatted(
                    member, hosts.get(i).address(), Host.PORT, spec.witnesses.contains(member)));
      }
    }
    String text =
        """
        ssyncd {
          node = %s
          data-dir = "%s"
          control { socket = "%s" }
          cluster {
            name = test
            election-timeout = %d ms
            heartbeat = %d ms
            durability = os
            %s
            members {
        %s    }
          }
          http {
            socket-dir = "%s"
            config-pattern = "%s"
            farms {
        %s    }
          }
          recent { enabled = false }
          promotion { track-file = "%s" }
          metrics { listen = off }
        }
        """
            .formatted(
                name,
                data(),
                control(),
                spec.electionTimeout.toMillis(),
                spec.heartbeat.toMillis(),
                tls(spec, name),
                members,
                pounds(),
                pounds().resolve("%s.cfg"),
                farms,
                trackFile());
    Files.writeString(
        config(),
        text
            + String.join("\n", spec.lines)
            + "\n"
            + String.join("\n", spec.linesOf.getOrDefault(name, List.of()))
            + "\n",
        StandardCharsets.UTF_8);
  }
}
