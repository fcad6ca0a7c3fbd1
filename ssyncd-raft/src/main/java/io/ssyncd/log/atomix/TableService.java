package io.ssyncd.log.atomix;

import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.service.AbstractPrimitiveService;
import io.atomix.primitive.service.BackupInput;
import io.atomix.primitive.service.BackupOutput;
import io.atomix.primitive.service.ServiceExecutor;

/** Atomix' view of the {@link Replica}: raw bytes in, raw bytes out, no serializer of records. */
final class TableService extends AbstractPrimitiveService<Object> {
  /** Hands an entry to the state machine. */
  static final OperationId APPLY = OperationId.command("a");

  /** Changes nothing; answers with the last index that the state machine has seen. */
  static final OperationId BARRIER = OperationId.command("b");

  /** Changes the members; see {@link RosterChange}. */
  static final OperationId MEMBERS = OperationId.command("m");

  private final Replica replica;

  TableService(TableType type, Replica replica) {
    super(type);
    this.replica = replica;
  }

  @Override
  protected void configure(ServiceExecutor executor) {
    executor.handle(APPLY, commit -> replica.apply(commit.index(), commit.value()));
    executor.handle(MEMBERS, commit -> replica.changeMembers(commit.index(), commit.value()));
    executor.handle(BARRIER, commit -> replica.lastIndex());
  }

  @Override
  public void backup(BackupOutput output) {
    replica.backup(output);
  }

  @Override
  public void restore(BackupInput input) {
    replica.restore(input);
  }
}
