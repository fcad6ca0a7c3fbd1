package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.atomix.utils.serializer.Namespace;
import io.atomix.utils.serializer.Serializer;

/**
 * How Raft's own messages are written. Atomix registers all of them but the two of a leadership
 * transfer, so that every transfer fails; they are added here. The number is part of the protocol
 * between releases.
 */
final class WireFormat {
  private static final int FIRST_OWN_ID = 1000;

  private WireFormat() {}

  static Serializer serializer() {
    return Serializer.using(
        Namespace.builder()
            .register(RaftNamespaces.RAFT_PROTOCOL)
            .nextId(FIRST_OWN_ID)
            .register(TransferRequest.class)
            .register(TransferResponse.class)
            .build("ssyncd"));
  }
}
