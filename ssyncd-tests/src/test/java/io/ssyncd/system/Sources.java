package io.ssyncd.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.ssyncd.testkit.Member;

/** The part of a member's status that says where a farm's sessions come from. */
final class Sources {
  private Sources() {}

  static JsonNode of(Member member, String farm) {
    return in(member, "sources", farm);
  }

  /** Such as {@code sinks}. */
  static JsonNode in(Member member, String array, String scope) {
    JsonNode all = member.status().map(s -> s.path(array)).orElse(MissingNode.getInstance());
    for (JsonNode one : all) {
      if (one.path("scope").asText().equals(scope)) {
        return one;
      }
    }
    return MissingNode.getInstance();
  }
}
