package io.ssyncd.log.atomix;

import io.atomix.cluster.messaging.UnicastService;
import io.atomix.utils.net.Address;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** Stands where Atomix wants a UDP service: the log speaks TCP only and opens no other port. */
final class NoDatagrams implements UnicastService {
  @Override
  public void unicast(Address address, String subject, byte[] message) {
    throw new UnsupportedOperationException("datagrams are not in use");
  }

  @Override
  public void addListener(
      String subject, BiConsumer<Address, byte[]> listener, Executor executor) {}

  @Override
  public void removeListener(String subject, BiConsumer<Address, byte[]> listener) {}
}
