package io.ssyncd.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Balancers apart: each in a network namespace of its own, with its own kernel tables, all on one
 * bridge in a further namespace. Needs root; see {@link NetworkNamespace#allowed}.
 */
public final class BalancerNetwork implements AutoCloseable {
  private static final String PREFIX = "10.213.0.";
  private static final String NETMASK = "/24";

  private final NetworkNamespace bridge;
  private final List<NetworkNamespace> namespaces = new ArrayList<>();

  private BalancerNetwork(NetworkNamespace bridge) {
    this.bridge = bridge;
  }

  /** A network of so many balancers, at 10.213.0.1 and so on. */
  public static BalancerNetwork of(int balancers) throws IOException, InterruptedException {
    BalancerNetwork network = new BalancerNetwork(NetworkNamespace.create());
    try {
      network.bridge.run("ip", "link", "add", "br0", "type", "bridge");
      network.bridge.run("ip", "link", "set", "br0", "up");
      for (int i = 1; i <= balancers; i++) {
        network.plugIn(i);
      }
      return network;
    } catch (IOException | InterruptedException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private void plugIn(int number) throws IOException, InterruptedException {
    NetworkNamespace balancer = NetworkNamespace.create();
    namespaces.add(balancer);
    String port = "port" + number;
    bridge.run(
        "ip",
        "link",
        "add",
        port,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        balancer.name());
    bridge.run("ip", "link", "set", port, "master", "br0", "up");
    balancer.run("ip", "addr", "add", PREFIX + number + NETMASK, "dev", "eth0");
    balancer.run("ip", "link", "set", "eth0", "up");
  }

  /** The balancers' namespaces. */
  public List<NetworkNamespace> namespaces() {
    return List.copyOf(namespaces);
  }

  /** The balancers as hosts of a cluster. */
  public List<Host> hosts() {
    List<Host> hosts = new ArrayList<>();
    for (NetworkNamespace namespace : namespaces) {
      hosts.add(
          new Host(PREFIX + (hosts.size() + 1), List.of("ip", "netns", "exec", namespace.name())));
    }
    return hosts;
  }

  /** The namespace that a member lives in. */
  public NetworkNamespace of(Member member) {
    return namespaces.get(hosts().indexOf(member.host()));
  }

  /** Cuts a balancer's cable, or plugs it in again. */
  public void connected(NetworkNamespace balancer, boolean connected)
      throws IOException, InterruptedException {
    String port = "port" + (namespaces.indexOf(balancer) + 1);
    bridge.run("ip", "link", "set", port, connected ? "up" : "down");
  }

  /** Pulls a member's cable. */
  public void isolate(Member member) throws IOException, InterruptedException {
    connected(of(member), false);
  }

  /** Plugs a member's cable in. */
  public void join(Member member) throws IOException, InterruptedException {
    connected(of(member), true);
  }

  /** From now on, what one member sends another is lost; the way back is as it was. */
  public void loseFrom(Member sender, Member receiver) throws IOException, InterruptedException {
    lost("-A", sender, receiver);
  }

  /** Undoes {@link #loseFrom}. */
  public void deliverFrom(Member sender, Member receiver) throws IOException, InterruptedException {
    lost("-D", sender, receiver);
  }

  private void lost(String change, Member sender, Member receiver)
      throws IOException, InterruptedException {
    String from = sender.host().address();
    of(receiver).run("iptables-legacy", "-w", change, "INPUT", "-s", from, "-j", "DROP");
  }

  /**
   * A bad plug: a member's cable is out and in, again and again; returns when it is in for good.
   *
   * @param each how long it is out, and how long in
   */
  public void flap(Member member, int times, Duration each)
      throws IOException, InterruptedException {
    String port = "port" + (namespaces.indexOf(of(member)) + 1);
    String seconds = "%d.%03d".formatted(each.toSeconds(), each.toMillisPart());
    bridge.run(
        "bash",
        "-c",
        "for i in $(seq %1$d); do ip link set %2$s down; sleep %3$s; ip link set %2$s up; sleep %3$s; done"
            .formatted(times, port, seconds));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (NetworkNamespace namespace : namespaces) {
      namespace.close();
    }
    bridge.close();
  }
}
