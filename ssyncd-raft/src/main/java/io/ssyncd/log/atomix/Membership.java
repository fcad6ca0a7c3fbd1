package io.ssyncd.log.atomix;

import io.atomix.cluster.ClusterMembershipEventListener;
import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.Member;
import io.atomix.cluster.MemberId;
import io.atomix.utils.net.Address;
import io.ssyncd.log.LogConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members as the log says, and nobody else; before the log says anything, as the configuration
 * does. Atomix' own membership protocols believe any process that speaks to the port, let it claim
 * any name and address, and forget a member that was silent; here a name has one address and a
 * member stays one until it is removed. Thread-safe.
 *
 * <p>It has no events for Atomix: who is in reach is found out by the log's own traffic and by
 * {@link Peers}.
 */
final class Membership implements ClusterMembershipService {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  private final LogConfig config;
  private final SmallFile file;
  private final List<Consumer<Roster>> listeners = new CopyOnWriteArrayList<>();
  private volatile Roster roster;

  /**
   * What was kept, else what the configuration says.
   *
   * @throws IllegalArgumentException if the kept file makes no sense
   */
  Membership(LogConfig config) {
    this.config = config;
    this.file = new SmallFile(config.directory(), "members", Roster.MAX_BYTES);
    byte[] kept = file.read();
    this.roster = kept == null ? Roster.of(config) : Roster.decode(kept);
  }

  Roster roster() {
    return roster;
  }

  /** Whether this member is one, as far as it knows. */
  boolean inside() {
    return roster.contains(config.member());
  }

  /** Hears of every change from now on, on the thread that applies. */
  void onChange(Consumer<Roster> listener) {
    listeners.add(listener);
  }

  /** A committed change. On the thread that applies. */
  void apply(long index, byte[] change) {
    adopt(roster.after(index, RosterChange.decode(change)));
  }

  /** What a snapshot or the other members say; older than what is known, it changes nothing. */
  synchronized void adopt(Roster next) {
    if (next.index() <= roster.index()) {
      return;
    }
    boolean news = !next.members().equals(roster.members());
    file.write(next.encode());
    roster = next;
    if (news) {
      log.info("the members are {} from entry {} on", next.members().keySet(), next.index());
    }
    listeners.forEach(listener -> listener.accept(next));
  }

  @Override
  public Member getLocalMember() {
    return member(config.member(), config.self());
  }

  @Override
  public Set<Member> getMembers() {
    Set<Member> members = new HashSet<>();
    roster.members().forEach((name, where) -> members.add(member(name, where)));
    return members;
  }

  @Override
  public @Nullable Member getMember(MemberId id) {
    LogConfig.MemberAddress where = roster.members().get(id.id());
    return where == null ? null : member(id.id(), where);
  }

  private static Member member(String name, LogConfig.MemberAddress where) {
    return Member.builder(MemberId.from(name))
        .withAddress(Address.from(where.host(), where.port()))
        .build();
  }

  @Override
  public void addListener(ClusterMembershipEventListener listener) {}

  @Override
  public void removeListener(ClusterMembershipEventListener listener) {}
}
