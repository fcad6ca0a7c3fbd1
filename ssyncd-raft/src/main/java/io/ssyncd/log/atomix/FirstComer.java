package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogConfig.MemberAddress;
import io.ssyncd.log.atomix.net.Introductions;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears who introduces itself to a cluster whose members no file names. The first to come to a
 * cluster of one is taken in, and that is kept beside the log: nobody is after that, though it were
 * taken out again, but by an operator. Who is a member already, which its address tells, hears what
 * it needs to begin anew.
 *
 * <p>A member that listened on all addresses, for it did not know who would come, is from then on
 * known by the address that the other came to. Thread-safe.
 */
final class FirstComer implements Introductions {
  private static final Logger log = LoggerFactory.getLogger(FirstComer.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9.]{7,15}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?");
  private static final int MAX_STEM = 58;

  private final LogConfig config;
  private final Membership membership;
  private final Function<RosterChange, CompletableFuture<Void>> change;
  private final SmallFile first;
  private boolean busy;

  /**
   * @param change commits a change of the members
   */
  FirstComer(
      LogConfig config,
      Membership membership,
      Function<RosterChange, CompletableFuture<Void>> change) {
    this.config = config;
    this.membership = membership;
    this.change = change;
    this.first = file(config);
  }

  /** Says who came first. */
  static SmallFile file(LogConfig config) {
    return new SmallFile(config.directory(), "first-comer", 255);
  }

  @Override
  public CompletableFuture<byte[]> introduced(String name, InetSocketAddress at, byte[] request) {
    return CompletableFuture.completedFuture(
        answer(Introduction.decode(request), at.getAddress()).encode());
  }

  private synchronized Introduced answer(Introduction who, InetAddress at) {
    if (!ADDRESS.matcher(who.address().host()).matches() || isAnywhere(who.address())) {
      // Every member would look such a name up, or find itself.
      throw new IllegalArgumentException("an introduction from no address");
    }
    SortedMap<String, MemberAddress> members = membership.roster().members();
    String wish = NAME.matcher(who.name()).matches() ? who.name() : "node";
    if (who.cluster().isPresent() && !who.cluster().get().equals(config.cluster())) {
      return of(
          Introduced.Code.OTHER_CLUSTER,
          wish,
          "this is cluster " + config.cluster() + ", not " + who.cluster().get());
    }
    String known = memberAt(members, who.address());
    if (known != null) {
      return known.equals(config.member())
          ? of(
              Introduced.Code.OPERATOR,
              wish,
              who.address().text() + " is the address of " + known + ", which was asked")
          : of(Introduced.Code.MEMBER, known, "");
    }
    if (who.cluster().isPresent() || members.size() > 1 || !membership.inside() || isOver()) {
      String as = who.cluster().isPresent() ? wish : freeName(members, wish);
      return of(
          Introduced.Code.OPERATOR,
          as,
          who.address().text()
              + " is the address of no member, and another came first: ssyncdctl member add "
              + as
              + " "
              + who.address().text()
              + " on "
              + config.member()
              + " takes it in");
    }
    String as = freeName(members, wish);
    if (!busy) {
      busy = true;
      take(as, who.address(), at);
    }
    return of(Introduced.Code.LATER, as, as + " is being taken in");
  }

  private boolean isOver() {
    return first.read() != null;
  }

  private void take(String name, MemberAddress address, InetAddress at) {
    log.info("{} at {} is the first to come: it is taken in", name, address.text());
    var unused =
        knownHere(at)
            .thenCompose(done -> change.apply(new RosterChange.Put(name, address)))
            .whenComplete((done, error) -> taken(name, error));
  }

  private synchronized void taken(String name, @Nullable Throwable error) {
    busy = false;
    if (error == null) {
      try {
        first.write(name.getBytes(StandardCharsets.UTF_8));
      } catch (UncheckedIOException e) {
        log.error("that {} came first is not kept: {}", name, e.getMessage());
      }
    } else {
      log.info("{} is not taken in yet: {}; it asks again", name, error.getMessage());
    }
  }

  /** Others have to find this member: all addresses are none. */
  private CompletableFuture<Void> knownHere(InetAddress at) {
    MemberAddress here = membership.roster().members().get(config.member());
    if (here == null || !isAnywhere(here)) {
      return CompletableFuture.completedFuture(null);
    }
    return change.apply(
        new RosterChange.Put(
            config.member(), new MemberAddress(at.getHostAddress(), here.port(), here.witness())));
  }

  private static boolean isAnywhere(MemberAddress address) {
    return address.host().replaceAll("[0.:]", "").isEmpty();
  }

  private static @Nullable String memberAt(
      SortedMap<String, MemberAddress> members, MemberAddress address) {
    return members.entrySet().stream()
        .filter(each -> each.getValue().text().equals(address.text()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** Hosts may be called alike. */
  private static String freeName(SortedMap<String, MemberAddress> members, String wish) {
    String stem = wish.length() > MAX_STEM ? wish.substring(0, MAX_STEM) : wish;
    String name = wish;
    for (int i = 2; members.containsKey(name); i++) {
      name = stem + "-" + i;
    }
    return name;
  }

  private Introduced of(Introduced.Code code, String name, String text) {
    return new Introduced(code, config.cluster(), name, membership.roster().members(), text);
  }
}
