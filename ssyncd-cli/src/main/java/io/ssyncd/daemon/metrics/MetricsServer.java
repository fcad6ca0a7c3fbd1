package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.ssyncd.log.LogFigures;
import io.ssyncd.node.NodeStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.Supplier;

/** Answers Prometheus at {@code /metrics} from the node's status at that moment. */
public final class MetricsServer implements AutoCloseable {
  private final HTTPServer server;

  /**
   * Begins to listen.
   *
   * @param listen where; port 0 takes a free one
   * @param status the node's
   * @param counts the log's, by name
   * @param files the log's on the disk
   * @param more what else there is to collect
   * @throws IOException if the port is taken, or the address is not this host's, or nobody's
   */
  public MetricsServer(
      InetSocketAddress listen,
      Supplier<NodeStatus> status,
      Supplier<Map<String, Long>> counts,
      Supplier<LogFigures> files,
      MultiCollector... more)
      throws IOException {
    if (listen.isUnresolved()) {
      // To the server no address means all of them.
      throw new UnknownHostException("nobody knows the host " + listen.getHostString());
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new StatusCollector(status));
    registry.register(new LogCollector(counts));
    registry.register(new FilesCollector(files));
    for (MultiCollector each : more) {
      registry.register(each);
    }
    this.server =
        HTTPServer.builder()
            .inetAddress(listen.getAddress())
            .port(listen.getPort())
            .registry(registry)
            .buildAndStart();
  }

  /** The port that it listens at. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.stop();
  }
}
