package io.ssyncd.pound.standin;

import java.util.concurrent.atomic.LongAdder;

/**
 * Does what Pound does with a request ({@code process_action}). Called by the receiving thread
 * alone, which sends a dump itself and so receives nothing meanwhile.
 */
final class RequestHandler {
  private final Tables tables;
  private final SyncStream stream;
  private final LongAdder dumps = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder ignored = new LongAdder();

  RequestHandler(Tables tables, SyncStream stream) {
    this.tables = tables;
    this.stream = stream;
  }

  void handle(Request request) throws PoundDeath {
    switch (request.action()) {
      case Request.SYNC_REQUEST -> dump();
      case Request.SESS_WRITE -> write(request);
      default -> ignored.increment();
    }
  }

  /**
   * Sends every session. Pound walks its tables without a lock: what changes meanwhile is announced
   * in between, and a session that was just deleted may come again as an ADD. A copy of each table
   * has the same effect.
   */
  private void dump() {
    dumps.increment();
    stream.listening(true);
    for (ServiceTable service : tables.numbered()) {
      for (Session s : service.sessions()) {
        stream.announce(
            Announcer.ADD,
            s.listener(),
            s.service(),
            s.backend(),
            s.key(),
            s.content(),
            s.lastAccess());
      }
    }
  }

  private void write(Request request) throws PoundDeath {
    boolean before = stream.listening();
    stream.listening(false);
    byte[] key = request.key();
    if (key == null) {
      throw new PoundDeath("WRITE with an empty key");
    }
    if (!request.hasContent()) {
      throw new PoundDeath("WRITE with empty content");
    }
    put(request, key);
    stream.listening(before);
  }

  private void put(Request request, byte[] key) throws PoundDeath {
    int listener = position(request.listener());
    if (!tables.hasListener(listener)) {
      dropped.increment();
      return;
    }
    ServiceTable service = tables.service(listener, position(request.service()));
    if (service == null) {
      throw new PoundDeath(
          "WRITE for service " + request.service() + ", which listener " + listener + " has not");
    }
    int backend = position(request.backend());
    if (!service.hasBackend(backend)) {
      dropped.increment();
    } else if (service.add(key, backend, request.lastAccess())) {
      writes.increment();
    } else {
      dropped.increment();
    }
  }

  /** Pound counts up to the id as a signed number: a negative one is position 0. */
  private static int position(int id) {
    return Math.max(0, id);
  }

  /** SYNC_REQUESTs handled. */
  long dumps() {
    return dumps.sum();
  }

  /** Sessions written. */
  long writes() {
    return writes.sum();
  }

  /** WRITEs that Pound only logs: no such listener or backend, or a key that starts with NUL. */
  long dropped() {
    return dropped.sum();
  }

  /** Requests of other actions. */
  long ignored() {
    return ignored.sum();
  }
}
