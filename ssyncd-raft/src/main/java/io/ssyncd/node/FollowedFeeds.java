package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.TableListener;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The feeds whose sinks are kept current, each told what the entries of the log change of it. Feeds
 * come and go on the node's thread; entries are heard on the one that applies them; the rest is for
 * any.
 */
final class FollowedFeeds implements TableListener {
  private final SortedMap<Feed, FollowedFeed> followed = new ConcurrentSkipListMap<>();

  // ---- the node's thread ----

  /**
   * Keeps those that are open and wanted: what is new has everything to be written.
   *
   * @param wanted whether a feed is to be kept current
   * @param retry makes the pauses after writes that failed
   */
  void reconcile(List<LocalFeed> all, Predicate<Feed> wanted, Supplier<Backoff> retry) {
    Map<Feed, LocalFeed> open = new TreeMap<>();
    for (LocalFeed local : all) {
      if (local.endpoint() != null && wanted.test(local.feed())) {
        open.put(local.feed(), local);
      }
    }
    followed.values().removeIf(each -> !each.local().equals(open.get(each.feed())));
    open.forEach(
        (feed, local) ->
            followed.computeIfAbsent(feed, unused -> new FollowedFeed(local, retry.get())));
  }

  /** None is kept current any more. */
  void clear() {
    followed.clear();
  }

  boolean contains(FollowedFeed feed) {
    return followed.containsValue(feed);
  }

  // ---- anybody ----

  Collection<FollowedFeed> all() {
    return followed.values();
  }

  // ---- the thread that applies entries ----

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (followed.isEmpty() || outcome != Outcome.APPLIED) {
      return;
    }
    List<Mutation> mutations =
        entry instanceof Entry.Batch batch
            ? batch.mutations()
            : entry instanceof Entry.Purge purge ? purge.deletes() : List.of();
    if (!mutations.isEmpty()) {
      Set<Scope> touched = touched(mutations);
      followed
          .values()
          .forEach(
              each -> {
                Set<Scope> its =
                    touched.stream().filter(each.feed()::covers).collect(Collectors.toSet());
                if (!its.isEmpty()) {
                  each.changed(its);
                }
              });
    } else if (entry instanceof Entry.Command command
            && command.operation() instanceof Entry.Operation.Clear
        || entry instanceof Entry.Restore restore
            && restore.step() instanceof Entry.RestoreStep.End) {
      restored(index);
    }
  }

  @Override
  public void restored(long index) {
    followed.values().forEach(each -> each.changed(Set.of()));
  }

  /** Mutations of a batch are mostly of one scope; to make one for each would cost the most. */
  private static Set<Scope> touched(List<Mutation> mutations) {
    Set<Scope> touched = new HashSet<>();
    String name = "";
    Kind kind = null;
    for (Mutation mutation : mutations) {
      if (mutation instanceof Mutation.ClearScope clear) {
        touched.add(clear.scope());
        continue;
      }
      SessionKey key =
          mutation instanceof Mutation.Put put
              ? put.session().key()
              : ((Mutation.Delete) mutation).key();
      String its = key instanceof HttpKey http ? http.farm() : ((RecentKey) key).table();
      Kind itsKind = key instanceof HttpKey ? Kind.HTTP : Kind.RECENT;
      if (itsKind != kind || !its.equals(name)) {
        name = its;
        kind = itsKind;
        touched.add(new Scope(kind, name));
      }
    }
    return touched;
  }
}
