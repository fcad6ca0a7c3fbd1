package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.settings.HostPort;
import io.ssyncd.log.Entry.Operation;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.DigestReport;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import io.ssyncd.node.WriteReport;
import io.ssyncd.node.WriteRequest;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests by asking the node: reads what is wanted, hands it on, writes what came back.
 */
public final class Verbs implements Requests {
  /** Whatever is committed takes milliseconds; without an answer by then there is no quorum. */
  private static final long COMMIT_SECONDS = 10;

  private static final Logger log = LoggerFactory.getLogger(Verbs.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;
  private final Runnable quit;
  private final SnapshotVerbs snapshots;
  private final DiffVerb diff;

  /**
   * Verbs on a node.
   *
   * @param quit ends the daemon; returns at once
   */
  public Verbs(SyncNode node, Runnable quit) {
    this.node = node;
    this.quit = quit;
    this.snapshots = new SnapshotVerbs(node);
    this.diff = new DiffVerb(node);
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException {
    String verb = request.path("verb").asText();
    try {
      switch (verb) {
        case "status" -> status(reply);
        case "mode" -> mode(reply);
        case "members" -> reply.result(Exit.OK, StatusJson.members(node.status()));
        case "member-add" -> memberAdd(request, reply);
        case "member-remove" -> memberRemove(request, reply);
        case "show" -> show(kind(request), scope(request), reply);
        case "count" -> count(kind(request), reply);
        case "start" -> commit(new Operation.StartFeed(printable(feed(request))), reply);
        case "stop" -> commit(new Operation.StopFeed(feed(request)), reply);
        case "clear" -> clear(kind(request), scope(request), reply);
        case "write" -> write(request, reply);
        case "watch" -> watch(reply);
        case "digest" -> digest(reply);
        case "diff" -> diff.answer(request, reply);
        case "snapshot-save" -> snapshots.save(reply);
        case "snapshot-restore" -> snapshots.restore(request, reply);
        case "snapshot-abandon" -> snapshots.abandon(reply);
        case "switch" -> switchTo(request.path("to").asText(), reply);
        case "quit" -> {
          try {
            reply.result(Exit.OK, JSON.objectNode());
          } finally {
            quit.run(); // also if the client did not wait for the answer
          }
        }
        default -> reply.error(Exit.USAGE, "unknown verb: " + Shown.text(verb));
      }
    } catch (IllegalArgumentException e) {
      reply.error(Exit.USAGE, String.valueOf(e.getMessage()));
    } catch (UnknownFarmException e) {
      reply.error(Exit.REFUSED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply.error(Exit.TRY_AGAIN, "the daemon is stopping");
    } catch (RuntimeException e) {
      log.error("verb {} failed by a bug", Shown.text(verb), e);
      reply.error(Exit.INTERNAL, "a bug: " + e);
    }
  }

  private void status(Reply reply) throws IOException {
    NodeStatus status = node.status();
    ObjectNode document = StatusJson.of(status);
    document.set("materialise", FollowedJson.of(node.followed()));
    reply.result(StatusJson.exit(status), document);
  }

  private void mode(Reply reply) throws IOException {
    NodeStatus status = node.status();
    // A witness that was elected hands leadership on; it is nobody's master meanwhile.
    boolean master =
        status.role().equals("leader")
            && status.members().stream()
                .noneMatch(member -> member.name().equals(status.node()) && member.witness());
    reply.result(Exit.OK, JSON.objectNode().put("mode", master ? "master" : "backup"));
  }

  private void show(Kind kind, @Nullable Scope only, Reply reply) throws IOException {
    for (Scope scope : node.table().counts().keySet()) {
      if (scope.kind() == kind && (only == null || only.equals(scope))) {
        List<SessionRecord> sessions = new ArrayList<>(node.table().records(scope));
        sessions.sort(SessionOrder.READABLE);
        for (SessionRecord session : sessions) {
          reply.item(SessionJson.of(session));
        }
      }
    }
    reply.result(Exit.OK, JSON.objectNode());
  }

  private void count(Kind kind, Reply reply) throws IOException {
    for (Map.Entry<Scope, Integer> each : node.table().counts().entrySet()) {
      if (each.getKey().kind() == kind) {
        reply.item(countOf(each.getKey(), each.getValue()));
      }
    }
    reply.result(Exit.OK, JSON.objectNode());
  }

  private ObjectNode countOf(Scope scope, int count) {
    ObjectNode item = JSON.objectNode();
    item.put("kind", scope.kind().word());
    item.put("scope", scope.name());
    item.put("count", count);
    if (scope.kind() == Kind.HTTP) {
      TreeMap<String, ObjectNode> services = new TreeMap<>();
      for (SessionRecord session : node.table().records(scope)) {
        if (session instanceof HttpSession http) {
          long listener = http.key().listener();
          long service = http.key().service();
          ObjectNode one =
              services.computeIfAbsent(
                  String.format("%010d/%010d", listener, service),
                  unused -> JSON.objectNode().put("listener", listener).put("service", service));
          one.put("count", one.path("count").asInt() + 1);
        }
      }
      item.putArray("services").addAll(services.values());
    }
    return item;
  }

  private void commit(Operation operation, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    boolean first = isFirst(operation);
    String failure = failureOf(node.execute(operation));
    if (failure == null) {
      reply.result(Exit.OK, JSON.objectNode().put("first", first));
    } else {
      reply.error(Exit.TRY_AGAIN, failure);
    }
  }

  /** The document names what went out of this host's kernel as well, by table. */
  private void clear(Kind kind, @Nullable Scope scope, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    boolean unheld =
        kind == Kind.RECENT && scope != null && !node.table().counts().containsKey(scope);
    CompletableFuture<SortedMap<Scope, Integer>> cleared = node.clear(kind, scope);
    String failure = failureOf(cleared);
    if (failure == null) {
      ObjectNode result = JSON.objectNode().put("first", false);
      ObjectNode emptied = result.putObject("emptied");
      cleared.join().forEach((table, rows) -> emptied.put(table.name(), rows));
      if (unheld && emptied.isEmpty()) {
        reply.error(
            Exit.REFUSED, "neither the cluster nor this host's kernel has anything of " + scope);
      } else {
        reply.result(Exit.OK, result);
      }
    } else {
      reply.error(Exit.TRY_AGAIN, failure);
    }
  }

  /** Whether no feed of that kind ran before: the old tool says so in its answer. */
  private boolean isFirst(Operation operation) {
    if (operation instanceof Operation.StartFeed start) {
      return runningOf(start.feed().kind()).isEmpty();
    }
    return operation instanceof Operation.StopFeed stop && runningOf(stop.feed().kind()).isEmpty();
  }

  private List<Feed> runningOf(Kind kind) {
    return node.status().feeds().stream()
        .filter(feed -> feed.started() && feed.feed().kind() == kind)
        .map(NodeStatus.FeedStatus::feed)
        .toList();
  }

  private void write(ObjectNode request, Reply reply) throws IOException, InterruptedException {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    request.path("kinds").forEach(word -> kinds.add(kindOf(word.asText())));
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("write what? http, recent or all");
    }
    Scope scope =
        request.hasNonNull("scope") && kinds.size() == 1
            ? new Scope(kinds.iterator().next(), request.path("scope").asText())
            : null;
    WriteRequest wish =
        new WriteRequest(
            kinds,
            scope,
            request.path("dryRun").asBoolean(),
            request.path("lastKnown").asBoolean(),
            request.path("force").asBoolean());
    try {
      WriteReport report = node.write(wish).get();
      reply.result(WriteJson.exit(report), WriteJson.of(report));
    } catch (ExecutionException e) {
      log.error("a write failed by a bug", e.getCause());
      reply.error(Exit.INTERNAL, "a bug: " + e.getCause());
    }
  }

  private void watch(Reply reply) throws IOException, InterruptedException {
    Watch watch = new Watch();
    node.onApplied(watch);
    try {
      watch.stream(reply, node.table().appliedIndex());
    } finally {
      node.noMore(watch);
    }
  }

  private void digest(Reply reply) throws IOException, InterruptedException {
    try {
      DigestReport report = node.compareDigests().get();
      reply.result(DigestJson.exit(report), DigestJson.of(report));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof LogUnavailableException)) {
        throw new IllegalStateException("a comparison failed", e.getCause());
      }
      reply.error(Exit.TRY_AGAIN, String.valueOf(e.getCause().getMessage()));
    }
  }

  private void switchTo(String to, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    boolean leads = node.status().role().equals("leader");
    String failure =
        switch (to) {
          case "master" -> leads ? null : failureOf(node.transfer(node.status().node()));
          case "backup" -> leads ? failureOf(node.transfer(null)) : null;
          default -> throw new IllegalArgumentException("switch to what? master or backup");
        };
    if (failure == null) {
      reply.result(Exit.OK, JSON.objectNode());
    } else {
      reply.error(Exit.TRY_AGAIN, failure);
    }
  }

  private void memberAdd(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    String address = request.path("address").asText();
    HostPort at =
        HostPort.parse(address, 1)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the address " + HostPort.EXPECTED + ", not " + Shown.text(address)));
    done(
        node.addMember(
            request.path("name").asText(),
            new LogConfig.MemberAddress(at.host(), at.port(), request.path("witness").asBoolean())),
        reply);
  }

  private void memberRemove(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    done(
        node.removeMember(request.path("name").asText(), request.path("force").asBoolean()), reply);
  }

  private static void done(CompletableFuture<Void> wish, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException {
    String failure = failureOf(wish);
    if (failure == null) {
      reply.result(Exit.OK, JSON.objectNode());
    } else {
      reply.error(Exit.TRY_AGAIN, failure);
    }
  }

  /** Waits; null when it was done, else why not. */
  private static @Nullable String failureOf(CompletableFuture<?> done)
      throws InterruptedException, UnknownFarmException {
    try {
      done.get(COMMIT_SECONDS, TimeUnit.SECONDS);
      return null;
    } catch (TimeoutException e) {
      return "no answer of the cluster within " + COMMIT_SECONDS + " s; it may still be done later";
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof IllegalArgumentException refused) {
        throw refused;
      }
      if (cause instanceof UnknownFarmException unknown) {
        throw unknown;
      }
      if (!(cause instanceof LogUnavailableException) && !(cause instanceof IOException)) {
        throw new IllegalStateException("a request failed", cause);
      }
      return String.valueOf(cause.getMessage());
    }
  }

  private static Feed feed(ObjectNode request) {
    Kind kind = kind(request);
    return kind == Kind.RECENT ? Feed.RECENT : Feed.farm(request.path("scope").asText());
  }

  /** A name that a terminal would obey is nobody's farm; one that is there can be stopped. */
  private static Feed printable(Feed feed) {
    if (feed.name().chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a farm name has no control characters: " + Shown.text(feed.name()));
    }
    return feed;
  }

  private static Kind kind(ObjectNode request) {
    return kindOf(request.path("kind").asText());
  }

  private static @Nullable Scope scope(ObjectNode request) {
    return request.hasNonNull("scope")
        ? new Scope(kind(request), request.path("scope").asText())
        : null;
  }

  private static Kind kindOf(String word) {
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("http or recent, not " + Shown.text(word));
  }
}
