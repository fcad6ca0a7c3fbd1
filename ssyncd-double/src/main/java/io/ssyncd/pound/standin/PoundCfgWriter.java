package io.ssyncd.pound.standin;

import io.ssyncd.pound.standin.Farm.Backend;
import io.ssyncd.pound.standin.Farm.Listener;
import io.ssyncd.pound.standin.Farm.Service;
import java.util.Locale;

/**
 * Writes a farm as a pound.cfg that Pound 2.8a.15 takes, for tests and the demo. Service S of a
 * listener gets the requests whose path starts with {@code /sS/}.
 */
public final class PoundCfgWriter {
  private final StringBuilder out = new StringBuilder();

  private PoundCfgWriter() {}

  /**
   * The text of the file.
   *
   * @param head lines that go before the listeners, such as {@code Daemon 0}
   */
  public static String write(Farm farm, String... head) {
    PoundCfgWriter writer = new PoundCfgWriter();
    writer.line(0, "Name " + farm.name());
    for (String line : head) {
      writer.line(0, line);
    }
    farm.listeners().forEach(writer::listener);
    for (int s = 0; s < farm.globals().size(); s++) {
      writer.service(0, farm.globals().get(s), "/g" + s + "/");
    }
    return writer.out.toString();
  }

  private void listener(Listener listener) {
    line(0, "ListenHTTP");
    line(1, "Address " + listener.address());
    line(1, "Port " + Math.max(1, listener.port()));
    for (int s = 0; s < listener.services().size(); s++) {
      service(1, listener.services().get(s), "/s" + s + "/");
    }
    line(0, "End");
  }

  private void service(int depth, Service service, String path) {
    line(depth, service.name().isEmpty() ? "Service" : "Service \"" + service.name() + "\"");
    line(depth + 1, "URL \"^" + path + "\"");
    if (service.type() != SessionType.NONE) {
      line(depth + 1, "Session");
      line(depth + 2, "Type " + service.type().name().toUpperCase(Locale.ROOT));
      if (service.type().needsId()) {
        line(depth + 2, "ID \"" + service.id() + "\"");
      }
      line(depth + 2, "TTL " + service.ttlSeconds());
      line(depth + 1, "End");
    }
    for (Backend backend : service.backends()) {
      backend(depth + 1, "BackEnd", backend);
    }
    Backend emergency = service.emergency();
    if (emergency != null) {
      backend(depth + 1, "Emergency", emergency);
    }
    line(depth, "End");
  }

  private void backend(int depth, String block, Backend backend) {
    if (backend.redirect()) {
      line(depth, "Redirect \"http://127.0.0.1/\"");
      return;
    }
    line(depth, block);
    line(depth + 1, "Address " + backend.content());
    line(depth + 1, "Port " + Math.max(1, backend.port()));
    if (backend.priority() != Backend.DEFAULT_PRIORITY && block.equals("BackEnd")) {
      line(depth + 1, "Priority " + backend.priority());
    }
    if (backend.disabled()) {
      line(depth + 1, "Disabled 1");
    }
    line(depth, "End");
  }

  private void line(int depth, String text) {
    out.append("    ".repeat(depth)).append(text).append('\n');
  }
}
