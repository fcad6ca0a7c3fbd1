package io.ssyncd.node;

import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members' tables, held against each other at one index of the log, which is a mark that each
 * has applied: digests of different indexes say nothing.
 *
 * @param index the index; 0 if no member tells a mark
 * @param digest what most members have at that index, see {@link #of}; null without an index
 * @param members how each member compares
 * @param scopes how each farm and table compares, as far as members tell of it
 */
public record DigestReport(
    long index, @Nullable String digest, List<Member> members, List<ScopeDigests> scopes) {

  public DigestReport {
    members = List.copyOf(members);
    scopes = List.copyOf(scopes);
  }

  /** How a member or a scope compares. */
  public enum Result {
    /** As most members have it. */
    EQUAL,
    /** Another digest than most members have. */
    DIFFERS,
    /** In reach, but its newest mark is another. */
    BEHIND,
    /** Not in reach. */
    UNREACHABLE,
    /** It did not tell: there are too many scopes, or its table came with a snapshot since. */
    UNKNOWN;

    /** The word in text and JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A member's table as a whole.
   *
   * @param name the member's
   * @param result how it compares
   * @param index of its newest mark; null if it told none
   * @param digest at that mark; null if it told none
   */
  public record Member(String name, Result result, @Nullable Long index, @Nullable String digest) {}

  /**
   * A member's records of one scope.
   *
   * @param member the member's name
   * @param result how they compare
   * @param records how many; null if it did not tell
   * @param digest of them; null if it did not tell
   */
  public record ScopeDigest(
      String member, Result result, @Nullable Long records, @Nullable String digest) {}

  /**
   * A scope on all members that were compared.
   *
   * @param scope which
   * @param members one for each compared member
   */
  public record ScopeDigests(Scope scope, List<ScopeDigest> members) {
    public ScopeDigests {
      members = List.copyOf(members);
    }
  }

  /**
   * What a member told.
   *
   * @param first whether it counts where as many have one digest as another: the leader does
   */
  record Told(String member, boolean reachable, boolean first, Notice.@Nullable Marked mark) {}

  private static final MarkedScopes.Marked NOTHING = new MarkedScopes.Marked(0, "0".repeat(16));

  /**
   * Compares at the highest index that two members in reach have marked, or else at the highest.
   * Where they differ, what most have is taken for right; among as many, what the leader has.
   *
   * @param least no lower index; 0 for any
   */
  static DigestReport of(List<Told> told, long least) {
    long index = index(told, least);
    List<Told> compared = told.stream().filter(each -> at(each, index)).toList();
    String right = mostly(compared, each -> marked(each).digest());
    List<Member> members = new ArrayList<>();
    for (Told each : told) {
      Notice.Marked mark = each.mark();
      Result result =
          !each.reachable()
              ? Result.UNREACHABLE
              : !at(each, index)
                  ? Result.BEHIND
                  : marked(each).digest().equals(right) ? Result.EQUAL : Result.DIFFERS;
      members.add(
          new Member(
              each.member(),
              result,
              mark == null ? null : mark.index(),
              mark == null ? null : mark.digest()));
    }
    return new DigestReport(compared.isEmpty() ? 0 : index, right, members, scopes(compared));
  }

  private static long index(List<Told> told, long least) {
    SortedMap<Long, Integer> members = new TreeMap<>(Collections.reverseOrder());
    for (Told each : told) {
      Notice.Marked mark = each.mark();
      if (each.reachable() && mark != null && mark.index() >= least) {
        members.merge(mark.index(), 1, Integer::sum);
      }
    }
    Optional<Long> shared =
        members.entrySet().stream()
            .filter(each -> each.getValue() > 1)
            .map(Map.Entry::getKey)
            .findFirst();
    return shared.orElse(members.isEmpty() ? 0 : members.firstKey());
  }

  private static boolean at(Told each, long index) {
    Notice.Marked mark = each.mark();
    return each.reachable() && mark != null && mark.index() == index;
  }

  private static Notice.Marked marked(Told each) {
    return java.util.Objects.requireNonNull(each.mark(), "compared");
  }

  private static @Nullable String mostly(List<Told> of, Function<Told, String> digest) {
    Map<String, Long> votes =
        of.stream().collect(Collectors.groupingBy(digest, TreeMap::new, Collectors.counting()));
    long most = votes.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return of.stream()
        .sorted((a, b) -> Boolean.compare(b.first(), a.first()))
        .map(digest)
        .filter(each -> votes.getOrDefault(each, 0L) == most)
        .findFirst()
        .orElse(null);
  }

  private static List<ScopeDigests> scopes(List<Told> compared) {
    SortedSet<Scope> all = new TreeSet<>();
    compared.forEach(each -> all.addAll(marked(each).scopes().keySet()));
    List<ScopeDigests> scopes = new ArrayList<>();
    for (Scope scope : all) {
      List<Told> telling = compared.stream().filter(each -> of(each, scope) != null).toList();
      String right =
          mostly(telling, each -> java.util.Objects.requireNonNull(of(each, scope)).digest());
      List<ScopeDigest> members = new ArrayList<>();
      for (Told each : compared) {
        MarkedScopes.Marked found = of(each, scope);
        members.add(
            found == null
                ? new ScopeDigest(each.member(), Result.UNKNOWN, null, null)
                : new ScopeDigest(
                    each.member(),
                    found.digest().equals(right) ? Result.EQUAL : Result.DIFFERS,
                    found.records(),
                    found.digest()));
      }
      scopes.add(new ScopeDigests(scope, members));
    }
    return scopes;
  }

  /** Null if it did not tell. A scope that a whole list lacks holds nothing. */
  private static MarkedScopes.@Nullable Marked of(Told each, Scope scope) {
    Notice.Marked mark = marked(each);
    return mark.scopes().getOrDefault(scope, mark.whole() ? NOTHING : null);
  }

  /** Whether a member is known to hold something else than most. */
  public boolean differs() {
    return has(Result.DIFFERS);
  }

  /** Whether that member holds something else than most. */
  boolean isOff(String member) {
    return members.stream()
        .anyMatch(each -> each.name().equals(member) && each.result() == Result.DIFFERS);
  }

  /** Whether every member was compared, and none differs. */
  public boolean equal() {
    return members.stream().allMatch(member -> member.result() == Result.EQUAL);
  }

  /** Whether a member in reach has not applied the mark yet, or not told. */
  boolean waits(long least) {
    return index < least || has(Result.BEHIND);
  }

  private boolean has(Result result) {
    return members.stream().anyMatch(member -> member.result() == result);
  }

  /** {@code lb1, lb2 hold 9f.., lb3 holds 11.. (http f1)}: who differs, and in what. */
  String difference() {
    Map<String, List<String>> byDigest = new TreeMap<>();
    for (Member member : members) {
      if (member.result() == Result.EQUAL || member.result() == Result.DIFFERS) {
        byDigest
            .computeIfAbsent(String.valueOf(member.digest()), unused -> new ArrayList<>())
            .add(member.name());
      }
    }
    String who =
        byDigest.entrySet().stream()
            .map(each -> String.join(", ", each.getValue()) + ": " + each.getKey())
            .sorted()
            .collect(Collectors.joining("; "));
    String where =
        scopes.stream()
            .filter(s -> s.members().stream().anyMatch(m -> m.result() == Result.DIFFERS))
            .map(s -> s.scope().toString())
            .limit(5)
            .collect(Collectors.joining(", "));
    return who + (where.isEmpty() ? "" : "; in " + where);
  }
}
