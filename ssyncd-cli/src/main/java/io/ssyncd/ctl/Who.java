package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that narrow down whose records are meant. */
final class Who {
  @Option(names = "--kind", paramLabel = "http|recent", description = "Of this kind alone.")
  private @Nullable Kinds kind;

  @Option(names = "--scope", paramLabel = "NAME", description = "Of this farm or table alone.")
  private @Nullable String scope;

  void into(ObjectNode request) {
    if (kind != null) {
      request.put("kind", kind.word());
    }
    if (scope != null) {
      request.put("scope", scope);
    }
  }
}
