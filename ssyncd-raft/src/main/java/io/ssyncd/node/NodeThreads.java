package io.ssyncd.node;

/**
 * The threads of a node, each with the member's name. Each feed has one beside them, that writes
 * its sink.
 *
 * <p>A disk may hang, and then a thread that writes to it does nothing else: so each of the files
 * has one of its own, and the one that looks where the address is has no file.
 *
 * @param node owns all state
 * @param ingest brings changes to the log
 * @param watch asks the operating system, above all where the address is
 * @param track writes keepalived's file
 * @param keep writes down how fresh the table is
 */
record NodeThreads(NodeLoop node, NodeLoop ingest, NodeLoop watch, NodeLoop track, NodeLoop keep)
    implements AutoCloseable {

  static NodeThreads of(String member) {
    return new NodeThreads(
        new NodeLoop("ssyncd-node-" + member),
        new NodeLoop("ssyncd-ingest-" + member),
        new NodeLoop("ssyncd-watch-" + member),
        new NodeLoop("ssyncd-track-" + member),
        new NodeLoop("ssyncd-keep-" + member));
  }

  /** None of them begins anything more; does not wait for what they are at. */
  @Override
  public void close() {
    node.close();
    ingest.close();
    watch.close();
    track.close();
    keep.close();
  }
}
