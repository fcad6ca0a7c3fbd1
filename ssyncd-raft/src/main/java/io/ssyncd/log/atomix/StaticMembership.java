package io.ssyncd.log.atomix;

import io.atomix.cluster.ClusterMembershipEventListener;
import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.Member;
import io.atomix.cluster.MemberId;
import io.atomix.utils.net.Address;
import io.ssyncd.log.LogConfig;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members as the configuration names them, and nobody else. Atomix' own membership protocols
 * believe any process that speaks to the port, let it claim any name and address, and forget a
 * member that was silent; here a name has one address and a member is never forgotten.
 *
 * <p>It has no events: who is in reach is found out by the log's own traffic and by {@link Peers}.
 */
final class StaticMembership implements ClusterMembershipService {
  private final Map<MemberId, Member> members = new LinkedHashMap<>();
  private final Member local;

  StaticMembership(LogConfig config) {
    config
        .members()
        .forEach(
            (name, where) -> {
              MemberId id = MemberId.from(name);
              members.put(
                  id,
                  Member.builder(id).withAddress(Address.from(where.host(), where.port())).build());
            });
    local =
        Objects.requireNonNull(
            members.get(MemberId.from(config.member())), "LogConfig checks that it is a member");
  }

  @Override
  public Member getLocalMember() {
    return local;
  }

  @Override
  public Set<Member> getMembers() {
    return new HashSet<>(members.values());
  }

  @Override
  public @Nullable Member getMember(MemberId id) {
    return members.get(id);
  }

  /** Whether the configuration names this member. */
  boolean knows(MemberId id) {
    return members.containsKey(id);
  }

  @Override
  public void addListener(ClusterMembershipEventListener listener) {}

  @Override
  public void removeListener(ClusterMembershipEventListener listener) {}
}
