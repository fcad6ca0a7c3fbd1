package io.ssyncd.daemon;

import io.ssyncd.daemon.control.Exit;
import io.ssyncd.daemon.settings.SettingsFile;
import io.ssyncd.log.tls.Authority;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ssyncd tls}: certificates for members, for those who have no authority of their own. */
@Command(
    name = "tls",
    mixinStandardHelpOptions = true,
    subcommands = {TlsCommand.Init.class, TlsCommand.Member.class},
    description = {
      "Makes the certificates that members prove with who they are. Nothing is overwritten.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ssyncd tls init --cluster prod --member lb1 --member lb2 --member lb3",
      "  ssyncd tls member lb4                   one more, of the same CA",
      "  ssyncd tls member lb1 --out renewed     a new one, before the old expires",
      "",
      "An authority of your own does as well: a certificate has to carry the subject",
      "alternative name URI:ssyncd://CLUSTER/MEMBER and, if it has an extended key",
      "usage, clientAuth and serverAuth."
    })
final class TlsCommand implements Callable<Integer> {
  private static final String HERE = "ssyncd-tls";
  private static final String DAYS = "825";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        Objects.requireNonNull(spec).commandLine(), "which one: init, or member?");
  }

  /** {@code ssyncd tls init}. */
  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "A CA for a cluster, and its members' certificates.")
  static final class Init implements Callable<Integer> {
    @Option(
        names = "--cluster",
        required = true,
        paramLabel = "NAME",
        description = "cluster.name of the configuration; ssyncd if it has none.")
    private String cluster = "";

    @Option(
        names = "--member",
        required = true,
        paramLabel = "NAME",
        description = "A member; once for each.")
    private List<String> members = List.of();

    @Option(
        names = "--dir",
        defaultValue = HERE,
        paramLabel = "DIR",
        description = "Where to; made if it is missing (${DEFAULT-VALUE}).")
    private Path dir = Path.of(HERE);

    @Option(
        names = "--days",
        defaultValue = DAYS,
        paramLabel = "N",
        description = "How long members' certificates last (${DEFAULT-VALUE}).")
    private int days;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      CommandLine line = Objects.requireNonNull(spec).commandLine();
      Set<String> names = names(line, members);
      names(line, List.of(cluster));
      return issued(
          line,
          () -> {
            Authority authority = Authority.create(dir, cluster);
            for (String each : names) {
              authority.issue(each, days, dir);
            }
            toldOfInit(line.getOut(), dir, names);
          });
    }
  }

  /** {@code ssyncd tls member}. */
  @Command(
      name = "member",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "A certificate for one more member, or a new one for an old member.")
  static final class Member implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The member, or several.")
    private List<String> members = List.of();

    @Option(
        names = "--dir",
        defaultValue = HERE,
        paramLabel = "DIR",
        description = "Where ssyncd tls init left the CA (${DEFAULT-VALUE}).")
    private Path dir = Path.of(HERE);

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where to, if not beside the CA; made if it is missing.")
    private @Nullable Path out;

    @Option(
        names = "--days",
        defaultValue = DAYS,
        paramLabel = "N",
        description = "How long it lasts (${DEFAULT-VALUE}).")
    private int days;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      CommandLine line = Objects.requireNonNull(spec).commandLine();
      Path to = out == null ? dir : out;
      Set<String> names = names(line, members);
      return issued(
          line,
          () -> {
            Authority authority = Authority.open(dir);
            for (String each : names) {
              authority.issue(each, days, to);
            }
            line.getOut().println("made in " + to.toAbsolutePath() + ":");
            toldOfMembers(line.getOut(), names);
            line.getOut()
                .println("A daemon that runs takes new files in the place of its own by itself.");
          });
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static int issued(CommandLine line, Work work) {
    try {
      work.run();
      return Exit.OK;
    } catch (IOException e) {
      line.getErr().println(e.getMessage());
      return Exit.REFUSED;
    }
  }

  private static Set<String> names(CommandLine line, List<String> names) {
    for (String each : names) {
      if (!SettingsFile.isName(each)) {
        throw new CommandLine.ParameterException(
            line, "a name is letters, digits, dots and hyphens, up to 63, not \"" + each + "\"");
      }
    }
    return new LinkedHashSet<>(names);
  }

  private static void toldOfInit(PrintWriter out, Path dir, Set<String> names) {
    out.println("made in " + dir.toAbsolutePath() + ":");
    out.println("  " + Authority.CERTIFICATE + "   to every member");
    out.println(
        "  "
            + Authority.KEY
            + "   to none of them: keep it safe, whoever has it can make himself a member");
    toldOfMembers(out, names);
    out.println();
    out.println("Put them into /etc/ssyncd of each member, the key readable for the daemon alone,");
    out.println("and into the cluster section of ssyncd.conf, the same on all of them:");
    out.println();
    out.println("    tls {");
    out.println("      certificate = /etc/ssyncd/${ssyncd.node}.crt");
    out.println("      key = /etc/ssyncd/${ssyncd.node}.key");
    out.println("      ca = /etc/ssyncd/" + Authority.CERTIFICATE);
    out.println("    }");
  }

  private static void toldOfMembers(PrintWriter out, Set<String> names) {
    names.forEach(
        each -> out.println("  " + each + ".crt, " + each + ".key   to " + each + " alone"));
  }
}
