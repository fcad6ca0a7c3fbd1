package io.ssyncd.system.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;

@AnalyzeClasses(packages = "io.ssyncd", importOptions = ProductClasses.class)
class CodingRulesTest {
  /**
   * Every package of the product; a module that is not on this test's class path is missed here.
   */
  private static final String[] PACKAGES = {
    "io.ssyncd.session",
    "io.ssyncd.table",
    "io.ssyncd.log",
    "io.ssyncd.log.tls",
    "io.ssyncd.log.atomix",
    "io.ssyncd.node",
    "io.ssyncd.source.pound",
    "io.ssyncd.source.recent",
    "io.ssyncd.source.pair",
    "io.ssyncd.sink.pound",
    "io.ssyncd.sink.recent",
    "io.ssyncd.sink.pair",
    "io.ssyncd.pound.standin",
    "io.ssyncd.daemon",
    "io.ssyncd.ctl",
    "io.ssyncd.cli",
    "io.ssyncd.manual",
    "io.ssyncd.demo",
    "io.ssyncd.testkit",
    "io.ssyncd.bench"
  };

  @ArchTest
  static final ArchRule classesAreNamedAfterWhatTheyAre =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)(\\$.*)?");

  @ArchTest
  static final ArchRule loggingIsSlf4j =
      noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

  @ArchTest
  static final ArchRule librariesDoNotPrint =
      noClasses()
          .that(
              resideInAnyPackage(
                  "io.ssyncd.session..",
                  "io.ssyncd.table..",
                  "io.ssyncd.log..",
                  "io.ssyncd.node..",
                  "io.ssyncd.source..",
                  "io.ssyncd.sink.."))
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static void everyPackageSaysWhatItIsFor(JavaClasses classes) {
    Set<String> silent = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getPackage().tryGetPackageInfo().isEmpty()) {
        silent.add(type.getPackageName());
      }
    }
    assertThat(silent).as("packages without package-info.java").isEmpty();
  }

  @ArchTest
  static void everyPackageOfTheHouseIsLookedAt(JavaClasses classes) {
    for (String name : PACKAGES) {
      assertThat(classes.containPackage(name)).as(name).isTrue();
    }
  }
}
