package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.settings.HostPort;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.UnknownFarmException;
import java.io.IOException;
import java.util.Map;

/** {@code member-add} and {@code member-remove}. */
final class MemberVerbs {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SyncNode node;

  MemberVerbs(SyncNode node) {
    this.node = node;
  }

  Map<String, Verb> all() {
    return Map.of("member-add", this::add, "member-remove", this::remove);
  }

  private void add(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    String address = request.path("address").asText();
    HostPort at =
        HostPort.parse(address, 1)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the address " + HostPort.EXPECTED + ", not " + Shown.text(address)));
    Wish.granted(
        node.addMember(
            request.path("name").asText(),
            new LogConfig.MemberAddress(
                at.host(), at.port(), request.path("witness").asBoolean())));
    reply.result(Exit.OK, JSON.objectNode());
  }

  private void remove(ObjectNode request, Reply reply)
      throws IOException, InterruptedException, UnknownFarmException, LogUnavailableException {
    Wish.granted(
        node.removeMember(request.path("name").asText(), request.path("force").asBoolean()));
    reply.result(Exit.OK, JSON.objectNode());
  }
}
