package io.ssyncd.sink.pound;

import io.ssyncd.node.Endpoint;
import io.ssyncd.node.EndpointFactory;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.source.pound.PoundLinkConfig;
import io.ssyncd.source.pound.PoundctlTool;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Opens the Pounds of this host's farms. Thread-safe. */
public final class PoundEndpoints implements EndpointFactory {
  private final Function<String, PoundLinkConfig> links;
  private final Map<String, Path> configurations;
  private final String pattern;
  private final Map<String, PoundctlTool> tools;

  /** A factory of farms whose writes are read back by a dump alone. */
  public PoundEndpoints(
      Function<String, PoundLinkConfig> links, Map<String, Path> configurations, String pattern) {
    this(links, configurations, pattern, Map.of());
  }

  /**
   * A factory.
   *
   * @param links how a farm's Pound is reached; such as {@link PoundLinkConfig#of}
   * @param configurations the pound.cfg of farms that have one by name
   * @param pattern where that of others is: {@code %s} stands for the farm's name; empty for
   *     nowhere
   * @param tools Pound's own tool, for farms whose writes are read back by it
   */
  public PoundEndpoints(
      Function<String, PoundLinkConfig> links,
      Map<String, Path> configurations,
      String pattern,
      Map<String, PoundctlTool> tools) {
    this.links = links;
    this.configurations = Map.copyOf(configurations);
    this.pattern = pattern;
    this.tools = Map.copyOf(tools);
  }

  @Override
  public Kind kind() {
    return Kind.HTTP;
  }

  @Override
  public Endpoint open(Feed feed) {
    if (feed.kind() != Kind.HTTP) {
      throw new IllegalArgumentException("no Pound farm: " + feed);
    }
    return new PoundEndpoint(
        links.apply(feed.name()),
        configuration(feed.name()),
        Optional.ofNullable(tools.get(feed.name())));
  }

  private Optional<Path> configuration(String farm) {
    Path named = configurations.get(farm);
    if (named != null) {
      return Optional.of(named);
    }
    return pattern.isEmpty() ? Optional.empty() : Optional.of(Path.of(pattern.replace("%s", farm)));
  }
}
