package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code http FARM} or {@code recent}: what {@code start} and {@code stop} take. */
final class FeedArguments {
  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "http|recent", description = "What is meant.")
  private Kinds kind = Kinds.HTTP;

  @Parameters(index = "1", arity = "0..1", paramLabel = "FARM", description = "The farm, for http.")
  private @Nullable String farm;

  boolean http() {
    return kind == Kinds.HTTP;
  }

  ObjectNode request(String verb) {
    if (http() != (farm != null)) {
      throw new ParameterException(
          java.util.Objects.requireNonNull(spec).commandLine(),
          verb + " http FARM, or " + verb + " recent");
    }
    ObjectNode request = Main.request(verb).put("kind", kind.word());
    return farm == null ? request : request.put("scope", farm);
  }
}
