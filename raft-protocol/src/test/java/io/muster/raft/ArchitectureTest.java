package io.muster.raft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls that only this module has; those of the whole product are tested in the launcher. */
@AnalyzeClasses(packages = "io.muster.raft", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule nobodyHereTouchesFilesOrSockets = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "io.vertx..");

    @ArchTest
    static final ArchRule faceStandsBelowAll = noClasses()
            .that()
            .resideInAPackage("io.muster.raft")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.muster.raft.*..");

    @ArchTest
    static final ArchRule noCyclesBetweenLayers =
            slices().matching("io.muster.raft.(*)..").should().beFreeOfCycles();
}
