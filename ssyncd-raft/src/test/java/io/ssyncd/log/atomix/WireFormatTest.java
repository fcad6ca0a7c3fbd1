package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.atomix.utils.serializer.Serializer;
import org.junit.jupiter.api.Test;

class WireFormatTest {
  private final Serializer serializer = WireFormat.serializer();

  @Test
  void trap9_transfersCanBeWritten() {
    TransferRequest request = TransferRequest.builder().withMember(MemberId.from("m2")).build();
    TransferRequest read = serializer.decode(serializer.encode(request));
    assertThat(read.member()).isEqualTo(MemberId.from("m2"));
    TransferResponse response =
        serializer.decode(
            serializer.encode(
                TransferResponse.builder().withStatus(RaftResponse.Status.OK).build()));
    assertThat(response.status()).isEqualTo(RaftResponse.Status.OK);
  }
}
