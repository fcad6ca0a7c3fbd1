package io.ssyncd.testkit;

import com.sun.net.httpserver.HttpServer;
import io.ssyncd.pound.standin.Farm;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server for each backend of a farm, so that a real Pound finds somebody there. */
final class BackendServers implements Closeable {
  private static final byte[] BODY = "ok\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BACKLOG = 128;

  private final Map<String, HttpServer> servers = new HashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "backend");
            thread.setDaemon(true);
            return thread;
          });

  /** Starts the server of one backend. */
  void start(Farm.Backend backend) throws IOException {
    InetAddress address = InetAddress.getByName(backend.content());
    HttpServer server = HttpServer.create(new InetSocketAddress(address, backend.port()), BACKLOG);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
          }
        });
    server.start();
    servers.put(name(backend), server);
  }

  /** Stops the server of one backend: a connect to it fails from now on. */
  void stop(Farm.Backend backend) {
    HttpServer server = servers.remove(name(backend));
    if (server != null) {
      server.stop(0);
    }
  }

  private static String name(Farm.Backend backend) {
    return backend.content() + " " + backend.port();
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
    servers.clear();
    threads.shutdownNow();
  }
}
