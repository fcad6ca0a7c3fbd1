package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All verbs of the control socket by their names: finds the one that a request names, and puts into
 * words and an exit code what it throws. A new verb is a class of its own and a line here.
 */
public final class Verbs implements Requests {
  private static final Logger log = LoggerFactory.getLogger(Verbs.class);

  private final Map<String, Verb> byName = new TreeMap<>();

  /**
   * Verbs on a node.
   *
   * @param quit ends the daemon; returns at once
   */
  public Verbs(SyncNode node, Runnable quit) {
    add(new StatusVerbs(node).all());
    add(new MemberVerbs(node).all());
    add(new TableVerbs(node).all());
    add(new FeedVerbs(node).all());
    add(Map.of("clear", new ClearVerb(node)));
    add(Map.of("purge", new PurgeVerb(node)));
    add(Map.of("write", new WriteVerb(node)));
    add(Map.of("watch", new WatchVerb(node)));
    add(Map.of("digest", new DigestVerb(node)));
    add(Map.of("diff", new DiffVerb(node)));
    add(new SnapshotVerbs(node).all());
    add(Map.of("switch", new SwitchVerb(node)));
    add(new FindVerb(node).all());
    add(Map.of("top", new TopVerb(node)));
    add(Map.of("drain", new DrainVerb(node, quit)));
    add(Map.of("quit", new QuitVerb(quit)));
    add(Map.of("ping", new PingVerb()));
  }

  /** The same on a node of a pair without a file, which answers as the old one did. */
  public static Verbs ofPair(SyncNode node, Runnable quit) {
    Verbs verbs = new Verbs(node, quit);
    verbs.byName.put("write", new PairWriteVerb(node));
    for (String name : Set.of("mode", "show", "count")) {
      verbs.byName.computeIfPresent(name, (same, verb) -> new AwaitLeader(node, verb));
    }
    return verbs;
  }

  /**
   * Adds verbs by their names; before the first request.
   *
   * @throws IllegalStateException if a name is taken
   */
  public void add(Map<String, Verb> more) {
    more.forEach(
        (name, verb) -> {
          if (byName.putIfAbsent(name, verb) != null) {
            throw new IllegalStateException("two verbs of the name " + name);
          }
        });
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    String name = request.path("verb").asText();
    Verb verb = byName.get(name);
    if (verb == null) {
      reply.error(Exit.USAGE, "unknown verb: " + Shown.text(name));
      return;
    }
    try {
      verb.answer(request, reply);
    } catch (IllegalArgumentException e) {
      reply.error(Exit.USAGE, String.valueOf(e.getMessage()));
    } catch (UnknownFarmException e) {
      reply.error(Exit.REFUSED, String.valueOf(e.getMessage()));
    } catch (LogUnavailableException e) {
      reply.error(Exit.TRY_AGAIN, String.valueOf(e.getMessage()));
    } catch (NotPermittedException e) {
      reply.error(Exit.NO_PERMISSION, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply.error(Exit.TRY_AGAIN, "the daemon is stopping");
    } catch (RuntimeException e) {
      log.error("verb {} failed by a bug", Shown.text(name), e);
      reply.error(Exit.INTERNAL, "a bug: " + e);
    }
  }
}
