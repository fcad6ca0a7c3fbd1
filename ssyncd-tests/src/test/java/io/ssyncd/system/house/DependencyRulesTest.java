package io.ssyncd.system.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.ssyncd", importOptions = ProductClasses.class)
class DependencyRulesTest {
  private static final String OURS = "io.ssyncd..";
  private static final String SESSION = "io.ssyncd.session..";
  private static final String TABLE = "io.ssyncd.table..";
  private static final String LOG = "io.ssyncd.log..";
  private static final String LOG_ATOMIX = "io.ssyncd.log.atomix..";
  private static final String NODE = "io.ssyncd.node..";
  private static final String SOURCES = "io.ssyncd.source..";
  private static final String SINKS = "io.ssyncd.sink..";
  private static final String STAND_IN = "io.ssyncd.pound.standin..";
  private static final String[] PROGRAMS = {
    "io.ssyncd.daemon..", "io.ssyncd.ctl..", "io.ssyncd.demo..", "io.ssyncd.manual.."
  };
  private static final String[] MEASURING = {"io.ssyncd.bench..", "io.ssyncd.testkit.."};
  private static final String[] JNR = {"jnr..", "com.kenai.."};

  /** What any package may use: the JDK and the annotations. */
  private static final String[] PLAIN = {"java..", "javax..", "jdk..", "org.jspecify.."};

  @ArchTest
  static final ArchRule onlyLogAtomixKnowsAtomix =
      noClasses()
          .that()
          .resideOutsideOfPackage(LOG_ATOMIX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.atomix..", "io.netty..", "com.esotericsoftware..");

  @ArchTest
  static final ArchRule theLibraryUsesOnlyTheJdkAndSlf4j =
      classes()
          .that(
              resideInAnyPackage(SESSION, TABLE, LOG, NODE).and(not(resideInAPackage(LOG_ATOMIX))))
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(with(PLAIN, OURS, "org.slf4j.."));

  @ArchTest static final ArchRule sessionKnowsNothingElseOfOurs = ours(SESSION);

  @ArchTest
  static final ArchRule theTableKnowsOnlyRecordsAndTheLogsPort =
      classes()
          .that()
          .resideInAPackage(TABLE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(TABLE, LOG, SESSION)
                  .and(not(resideInAPackage(LOG_ATOMIX)))
                  .or(not(resideInAPackage(OURS))));

  @ArchTest
  static final ArchRule theLogKnowsOnlyRecords =
      classes()
          .that(resideInAPackage(LOG).and(not(resideInAPackage(LOG_ATOMIX))))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(LOG, SESSION)
                  .and(not(resideInAPackage(LOG_ATOMIX)))
                  .or(not(resideInAPackage(OURS))));

  @ArchTest static final ArchRule theAtomixLogKnowsOnlyItsPort = ours(LOG_ATOMIX, LOG, SESSION);

  @ArchTest
  static final ArchRule theNodeUsesThePortNeverAtomix =
      classes()
          .that()
          .resideInAPackage(NODE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(NODE, LOG, TABLE, SESSION)
                  .and(not(resideInAPackage(LOG_ATOMIX)))
                  .or(not(resideInAPackage(OURS))));

  @ArchTest
  static final ArchRule sourcesUseOnlyTheLibrary = ours(SOURCES, SESSION, TABLE, LOG, NODE);

  @ArchTest
  static final ArchRule sinksUseOnlyTheLibraryAndSources =
      ours(SINKS, SOURCES, SESSION, TABLE, LOG, NODE);

  @ArchTest
  static final ArchRule sourcesAndSinksNeverNameTheAdapter =
      noClasses()
          .that()
          .resideInAnyPackage(SOURCES, SINKS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(LOG_ATOMIX);

  @ArchTest
  static final ArchRule theStandInKnowsNothingOfOurs =
      classes()
          .that()
          .resideInAPackage(STAND_IN)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(with(PLAIN, STAND_IN));

  @ArchTest
  static final ArchRule nothingUsesThePrograms =
      noClasses()
          .that()
          .resideOutsideOfPackages(with(MEASURING, PROGRAMS))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROGRAMS);

  @ArchTest
  static final ArchRule theDaemonDoesNotKnowItsTool =
      noClasses()
          .that()
          .resideInAPackage("io.ssyncd.daemon..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.ssyncd.ctl..", MEASURING[0], MEASURING[1]);

  @ArchTest
  static final ArchRule onlyThePoundLinkIsNative =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.ssyncd.source.pound..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(JNR);

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching("io.ssyncd.(**)").should().beFreeOfCycles();

  private static ArchRule ours(String of, String... others) {
    return classes()
        .that()
        .resideInAPackage(of)
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage(of).or(resideInAnyPackage(others)).or(not(resideInAPackage(OURS))));
  }

  private static String[] with(String[] some, String... more) {
    String[] all = java.util.Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
