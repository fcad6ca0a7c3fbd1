package io.ssyncd.system;

import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.KeepalivedProcess;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Three balancers apart, each with a daemon, a Pound, kernel tables, and a real keepalived that is
 * configured as the example under deploy/keepalived says, but for names and addresses. Used by one
 * thread.
 */
final class VipCluster implements AutoCloseable {
  static final String FARM = "f1";
  static final String TABLE = "T4";

  static final Path EXAMPLES = Path.of("..", "deploy", "keepalived");
  private static final String VIP = "10.213.0.100";
  private static final int HIGHEST = 103;

  private final BalancerNetwork network;
  private final Cluster cluster;
  private final String example;
  private final Map<Member, KeepalivedProcess> keepalived = new LinkedHashMap<>();

  /**
   * Nothing runs yet.
   *
   * @param example the file of deploy/keepalived
   * @param lines of every daemon's configuration, beside the address and the FIFO
   */
  VipCluster(Path directory, String example, String... lines) throws Exception {
    this.example = Files.readString(EXAMPLES.resolve(example));
    this.network = BalancerNetwork.of(3);
    for (NetworkNamespace balancer : network.namespaces()) {
      balancer.recentTable(TABLE, false);
    }
    ClusterSpec spec =
        ClusterSpec.in(directory)
            .on(network.hosts())
            .defaultElectionTimeout()
            .recent()
            .farm(FARM, Farms.LASTING)
            .line("promotion.vip = [\"" + VIP + "\"]");
    for (String line : lines) {
      spec.line(line);
    }
    for (String name : List.of("lb1", "lb2", "lb3")) {
      spec.lineOf(name, "promotion.notify-fifo = \"" + fifo(directory.resolve(name)) + "\"");
      spec.environmentOf(name, "JAVA_HOME", javaOfItsOwn(directory.resolve(name + "-java")));
    }
    this.cluster = spec.build();
    for (Member member : cluster.members()) {
      keepalived.put(
          member,
          new KeepalivedProcess(network.of(member), member.directory().resolve("keepalived")));
    }
  }

  private static Path fifo(Path directory) {
    return directory.resolve("keepalived.fifo");
  }

  /**
   * On one machine all daemons have the name that the example tracks them by; by their programs
   * they can be told apart.
   */
  private static String javaOfItsOwn(Path link) throws IOException {
    return Files.createSymbolicLink(link, Path.of(System.getProperty("java.home"))).toString();
  }

  private static String program(Member member) {
    return member.directory() + "-java/bin/java";
  }

  Cluster cluster() {
    return cluster;
  }

  BalancerNetwork network() {
    return network;
  }

  KeepalivedProcess keepalived(Member member) {
    return keepalived.get(member);
  }

  /** The logs of all keepaliveds, for people. */
  String whatKeepalivedSaid() {
    return keepalived.entrySet().stream()
        .map(each -> Cluster.HEADLINE + each.getKey().name() + "\n" + each.getValue().said())
        .collect(Collectors.joining());
  }

  /** Everything on every balancer, at once; the first has the highest priority. */
  void start() {
    cluster.startPounds().start();
    for (Member member : cluster.members()) {
      configure(member, HIGHEST - cluster.members().indexOf(member));
      keepalived(member).start();
    }
  }

  /** What the example says of a balancer's priority, for its next start or reload. */
  void configure(Member member, int priority) {
    keepalived(member).configure(configuration(member, priority));
  }

  private String configuration(Member member, int priority) {
    String text = example;
    text = replaced(text, "router_id lb1", "router_id " + member.name());
    text = replaced(text, " priority " + HIGHEST + "\n", " priority " + priority + "\n");
    text = replaced(text, " 10.0.0.100/24\n", " " + VIP + "/24\n");
    text =
        replaced(
            text,
            "vrrp_notify_fifo /run/ssyncd/keepalived.fifo\n",
            "vrrp_notify_fifo " + fifo(member.directory()) + "\n");
    text =
        replaced(
            text, " process ssyncd\n", " process \"" + program(member) + "\"\n    full_command\n");
    if (text.contains("track_file {")) {
      text = replaced(text, "file \"/run/ssyncd/ready\"", "file \"" + member.trackFile() + "\"");
    }
    return text;
  }

  private static String replaced(String text, String before, String after) {
    if (!text.contains(before)) {
      throw new IllegalStateException("the example does not say " + before.strip());
    }
    return text.replace(before, after);
  }

  /** Whether the address is on that balancer, as its kernel sees it. */
  boolean holdsVip(Member member) {
    try {
      Path tables = Path.of("/proc", Long.toString(network.of(member).pid()), "net", "fib_trie");
      return Files.readString(tables).contains(" " + VIP + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of these that hold the address. */
  List<Member> holders(List<Member> of) {
    return of.stream().filter(this::holdsVip).toList();
  }

  /** Waits until one balancer alone holds the address, and collects; returns it. */
  Member awaitMaster() {
    return cluster.await(
        "one balancer that holds the address, and leads, and collects",
        () -> {
          List<Member> holders = holders(cluster.members());
          return holders.size() == 1 && ingests(holders.get(0))
              ? Optional.of(holders.get(0))
              : Optional.empty();
        });
  }

  static boolean ingests(Member member) {
    return member.status().filter(s -> s.path("state").asText().equals("INGESTING")).isPresent();
  }

  /** The addresses in a balancer's kernel table. */
  List<String> entries(Member member) {
    try {
      return Files.readAllLines(network.of(member).recentTables().resolve(TABLE)).stream()
          .map(row -> row.split(" ")[0].substring("src=".length()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What systemd does when the daemon has ended, by the unit of deploy/systemd. */
  void afterItsEnd(Member member) throws IOException {
    String line =
        Files.readAllLines(Path.of("..", "deploy", "systemd", "ssyncd.service")).stream()
            .filter(each -> each.startsWith("ExecStopPost=-/bin/sh -c '"))
            .findFirst()
            .orElseThrow();
    String script = line.substring(line.indexOf('\'') + 1, line.lastIndexOf('\''));
    // systemd takes two backslashes for one.
    String here =
        script.replace("\\\\", "\\").replace("/run/ssyncd/ready", member.trackFile().toString());
    Command.run(List.of("/bin/sh", "-c", here)).ok();
  }

  /** The machine dies: its daemon, Pound and keepalived at once, and its network with them. */
  void die(Member member) throws Exception {
    List<String> kill = new ArrayList<>(List.of("kill", "-9"));
    kill.add(Long.toString(member.daemon().pid()));
    kill.add(Long.toString(member.pound(FARM).process().pid()));
    keepalived(member).pids().forEach(pid -> kill.add(Long.toString(pid)));
    // Nobody waits for their ends here: what happens meanwhile is what is looked at.
    Command.run(kill).ok();
    network.isolate(member);
  }

  /** The machine boots: its memory, kernel tables, addresses and /run are empty. */
  void boot(Member member) throws Exception {
    member.losePower();
    keepalived(member).kill();
    NetworkNamespace host = network.of(member);
    if (holdsVip(member)) {
      host.run("ip", "addr", "del", VIP + "/24", "dev", "eth0");
    }
    Files.writeString(host.recentTables().resolve(TABLE), "/");
    Files.deleteIfExists(member.trackFile());
    Files.deleteIfExists(fifo(member.directory()));
    network.join(member);
    member.pound(FARM).start();
    member.start();
    keepalived(member).start();
  }

  @Override
  public void close() throws Exception {
    keepalived.values().forEach(KeepalivedProcess::close);
    cluster.close();
    network.close();
  }
}
