package io.ssyncd.log.atomix;

import io.atomix.primitive.PrimitiveBuilder;
import io.atomix.primitive.PrimitiveManagementService;
import io.atomix.primitive.PrimitiveType;
import io.atomix.primitive.PrimitiveTypeRegistry;
import io.atomix.primitive.config.PrimitiveConfig;
import io.atomix.primitive.service.PrimitiveService;
import io.atomix.primitive.service.ServiceConfig;
import java.util.Collection;
import java.util.List;

/** The one type of service that this cluster runs, and the registry that knows only it. */
@SuppressWarnings("rawtypes")
final class TableType implements PrimitiveType, PrimitiveTypeRegistry {
  /** Name of the type, and of its only service. In the log: never to be changed. */
  static final String NAME = "table";

  private final Replica replica;

  TableType(Replica replica) {
    this.replica = replica;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PrimitiveService newService(ServiceConfig config) {
    return new TableService(this, replica);
  }

  @Override
  public PrimitiveConfig newConfig() {
    throw new UnsupportedOperationException("the table is not built by Atomix");
  }

  @Override
  public PrimitiveBuilder newBuilder(
      String name, PrimitiveConfig config, PrimitiveManagementService service) {
    throw new UnsupportedOperationException("the table is not built by Atomix");
  }

  @Override
  public Collection<PrimitiveType> getPrimitiveTypes() {
    return List.of(this);
  }

  @Override
  public PrimitiveType getPrimitiveType(String name) {
    return this;
  }
}
