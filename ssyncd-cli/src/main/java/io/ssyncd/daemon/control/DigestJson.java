package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.DigestReport;

/** The document of {@code digest -o json}, version 1: a contract with scripts. */
final class DigestJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private DigestJson() {}

  static ObjectNode of(DigestReport report) {
    ObjectNode node = JSON.objectNode();
    node.put("version", 1);
    node.put("result", report.equal() ? "equal" : report.differs() ? "differs" : "incomplete");
    node.put("index", report.index());
    node.put("digest", report.digest());
    ArrayNode members = node.putArray("members");
    for (DigestReport.Member member : report.members()) {
      members
          .addObject()
          .put("name", member.name())
          .put("result", member.result().word())
          .put("index", member.index())
          .put("digest", member.digest());
    }
    ArrayNode scopes = node.putArray("scopes");
    for (DigestReport.ScopeDigests scope : report.scopes()) {
      ArrayNode on =
          scopes
              .addObject()
              .put("kind", scope.scope().kind().word())
              .put("scope", scope.scope().name())
              .putArray("members");
      for (DigestReport.ScopeDigest member : scope.members()) {
        on.addObject()
            .put("name", member.member())
            .put("result", member.result().word())
            .put("records", member.records())
            .put("digest", member.digest());
      }
    }
    return node;
  }

  /** What {@code digest} exits with: a member that cannot be compared is worth another try. */
  static int exit(DigestReport report) {
    if (report.differs()) {
      return Exit.REFUSED;
    }
    return report.equal() ? Exit.OK : Exit.TRY_AGAIN;
  }
}
