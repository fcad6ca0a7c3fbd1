package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.protocols.raft.storage.system.MetaStore;
import io.atomix.utils.serializer.Serializer;

/**
 * Where Atomix keeps the members, with a copy of ours beside it: Atomix 3.1.12 writes over its file
 * piece by piece, and without a checksum. Ours is on the disk first, as a whole and behind a
 * checksum; at a start it is what counts, see {@link ConfigurationFile}.
 *
 * <p>Used by the server's thread.
 */
final class ConfigurationStore extends MetaStore {
  private final SmallFile copy;
  private final Serializer serializer = Serializer.using(RaftNamespaces.RAFT_STORAGE);

  ConfigurationStore(RaftStorage storage) {
    super(storage, Serializer.using(RaftNamespaces.RAFT_STORAGE));
    this.copy = ConfigurationFile.copy(storage.directory().toPath());
  }

  @Override
  public synchronized void storeConfiguration(Configuration configuration) {
    copy.write(serializer.encode(configuration));
    super.storeConfiguration(configuration);
  }
}
