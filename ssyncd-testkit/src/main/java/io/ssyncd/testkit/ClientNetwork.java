package io.ssyncd.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A balancer and its clients, each in a network namespace, with a cable between them; the balancer
 * tracks connections, as balancers do. Each client has an address, 10.214.1.1 and so on, and all
 * have one process that sends for them, so that a packet is on its way within a millisecond. Needs
 * root; see {@link NetworkNamespace#allowed}.
 */
public final class ClientNetwork implements AutoCloseable {
  /** The most clients. */
  public static final int MOST_CLIENTS = 250;

  private static final String CLIENTS = "10.214.1.";
  private static final String SERVICES = "10.214.2.";

  private final NetworkNamespace balancer;
  private final NetworkNamespace clients;
  private final Process sender;

  private ClientNetwork(NetworkNamespace balancer, NetworkNamespace clients, Process sender) {
    this.balancer = balancer;
    this.clients = clients;
    this.sender = sender;
  }

  /** A balancer with so many clients. */
  public static ClientNetwork of(int count) throws IOException, InterruptedException {
    NetworkNamespace balancer = NetworkNamespace.create();
    NetworkNamespace clients = NetworkNamespace.create();
    balancer.run(
        "ip",
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        clients.name());
    List<String> ofClients = new ArrayList<>(List.of("link set eth0 up"));
    List<String> ofBalancer = new ArrayList<>(List.of("link set eth0 up"));
    for (int i = 1; i <= count; i++) {
      ofClients.add("addr add " + CLIENTS + i + "/32 dev eth0");
      ofBalancer.add("addr add " + SERVICES + i + "/32 dev eth0");
    }
    ofBalancer.add("route add " + CLIENTS + "0/24 dev eth0");
    for (int i = 1; i <= count; i++) {
      // The kernel takes the source that the route names: a client for each destination.
      ofClients.add("route add " + SERVICES + i + "/32 dev eth0 src " + CLIENTS + i);
    }
    ip(balancer, ofBalancer);
    ip(clients, ofClients);
    balancer.run("iptables-legacy", "-w", "-A", "INPUT", "-m", "conntrack", "--ctstate", "NEW");
    Process sender =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                clients.name(),
                "bash",
                "-c",
                "while read -r to; do echo > /dev/udp/$to/9; done")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new ClientNetwork(balancer, clients, sender);
  }

  private static void ip(NetworkNamespace where, List<String> commands)
      throws IOException, InterruptedException {
    Path batch = Files.createTempFile("ssyncd-ip", ".batch");
    try {
      Files.write(batch, commands);
      String unused = where.run("ip", "-batch", batch.toString());
    } finally {
      Files.delete(batch);
    }
  }

  /** Where the balancer is; its tables are made there. */
  public NetworkNamespace balancer() {
    return balancer;
  }

  /** The address of client {@code number}, from 1 on. */
  public static String client(int number) {
    return CLIENTS + number;
  }

  /** A packet of that client goes to the balancer's discard port. */
  public void packet(int number) {
    try {
      sender
          .getOutputStream()
          .write((SERVICES + number + "\n").getBytes(StandardCharsets.US_ASCII));
      sender.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The conntrack tool of the balancer's namespace, for a process outside of it.
   *
   * @param directory where to make it
   */
  public Path conntrack(Path directory) throws IOException {
    Path script = directory.resolve("conntrack-of-" + balancer.name());
    Files.writeString(
        script, "#!/bin/sh\nexec ip netns exec " + balancer.name() + " conntrack \"$@\"\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    sender.destroyForcibly().waitFor();
    clients.close();
    balancer.close();
  }
}
