package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The walls hold over the product, and each of them is seen to fail over a house that breaks it. */
class ArchitectureTest {

    @TestFactory
    Stream<DynamicTest> everyWallHolds() {
        JavaClasses product = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.muster");
        assertThat(product.size())
                .as("classes of the product on the class path")
                .isGreaterThan(100);
        return new Walls("io.muster")
                .rules().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(), () -> rule.getValue().check(product)));
    }

    @TestFactory
    Stream<DynamicTest> everyWallBites() {
        JavaClasses broken = new ClassFileImporter().importPackages("broken");
        return new Walls("broken")
                .rules().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(),
                                () -> assertThat(
                                                rule.getValue().evaluate(broken).hasViolation())
                                        .as("the broken house breaks this wall")
                                        .isTrue()));
    }
}
