package io.ssyncd.system.house;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** What the rules look at: the classes we write for the product, no tests and nothing generated. */
final class ProductClasses implements ImportOption {
  private static final ImportOption NO_TESTS = new DoNotIncludeTests();

  @Override
  public boolean includes(Location location) {
    return NO_TESTS.includes(location) && !location.contains("/jmh_generated/");
  }
}
