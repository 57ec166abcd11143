package io.muster.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/**
 * The walls of the house (design §1, §2), as rules over any root package: over {@code io.muster} they must hold, over the small broken
 * house in the test tree each of them must fail.
 */
final class Walls {

    private static final List<String> ASKED_OF_SYSTEM =
            List.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "identityHashCode");

    private final String root;

    Walls(String root) {
        this.root = root;
    }

    Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("consistency-api knows no other module", onlyKnows("consistency"));
        rules.put("member-lookup knows no other module", onlyKnows("member"));
        rules.put("distro-protocol knows the API and the members", onlyKnows("distro", "consistency", "member"));
        rules.put("raft-protocol knows the API and the members", onlyKnows("raft", "consistency", "member"));
        rules.put("naming-service knows the API alone", onlyKnows("naming", "consistency"));
        rules.put("the registry's model and use cases know neither HTTP nor push", namingIsLayered());
        rules.put("lookup, health and channel know each other by the ports alone", membersPartsAreApart());
        rules.put("no library shows in consistency-api", consistencyShowsNoLibrary());
        rules.put("cores know nothing of the outside", coresArePure());
        rules.put("cores do not ask for time, threads or chance", coresAskForNothing());
        rules.put("only the launcher names an engine", onlyTheLauncherNamesAnEngine());
        rules.put(
                "no package cycles", slices().matching(root + ".(**)").should().beFreeOfCycles());
        rules.put("static fields are final", staticFieldsAreFinal());
        rules.put("nothing waits on an event loop", nothingWaits());
        return rules;
    }

    private ArchRule onlyKnows(String module, String... others) {
        String[] strangers = List.of("consistency", "member", "distro", "raft", "naming", "server", "sim").stream()
                .filter(name -> !name.equals(module) && !List.of(others).contains(name))
                .map(name -> root + "." + name + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(root + "." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(strangers);
    }

    /** Inside the naming service: api → list, push → registry, wire → model. */
    private ArchRule namingIsLayered() {
        return noClasses()
                .that()
                .resideInAnyPackage(
                        root + ".naming.model..",
                        root + ".naming.wire..",
                        root + ".naming.events..",
                        root + ".naming.registry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        root + ".naming.list..",
                        root + ".naming.push..",
                        root + ".naming.api..",
                        root + ".naming.check..",
                        "io.vertx..",
                        "com.fasterxml..");
    }

    /** What should be, what is, and how frames travel: each is replaced by a simulated one without the others (design §6). */
    private ArchRule membersPartsAreApart() {
        return slices().matching(root + ".member.(lookup|health|channel)..")
                .should()
                .notDependOnEachOther();
    }

    private ArchRule consistencyShowsNoLibrary() {
        return classes()
                .that()
                .resideInAPackage(root + ".consistency..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(root + ".consistency..", "java.lang..", "java.util..", "java.io", "org.jspecify..");
    }

    private ArchRule coresArePure() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..core..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("reach the outside, or the parts around the core") {
                    @Override
                    public boolean test(JavaClass target) {
                        String name = target.getPackageName();
                        boolean library = name.startsWith("io.vertx")
                                || name.startsWith("io.netty")
                                || name.startsWith("com.fasterxml")
                                || name.startsWith("org.slf4j")
                                || name.startsWith("io.micrometer");
                        boolean platform = name.equals("java.net")
                                || name.startsWith("java.nio.file")
                                || name.startsWith("java.nio.channels")
                                || name.equals("java.util.concurrent.locks")
                                || (name.equals("java.util.concurrent")
                                        && (target.getSimpleName().contains("Executor")
                                                || target.getSimpleName().contains("Latch")
                                                || target.getSimpleName().contains("Queue")
                                                || target.getSimpleName().equals("CompletableFuture")
                                                || target.getSimpleName().equals("ThreadLocalRandom")));
                        boolean around = name.startsWith(root + ".")
                                && (name.contains(".driver")
                                        || name.contains(".storage")
                                        || name.contains(".wire")
                                        || name.contains(".port")
                                        || name.contains(".channel"));
                        return library || platform || around;
                    }
                });
    }

    private ArchRule coresAskForNothing() {
        DescribedPredicate<JavaCall<?>> asking =
                new DescribedPredicate<>("ask for time, a thread, the machine or chance") {
                    @Override
                    public boolean test(JavaCall<?> call) {
                        String owner = call.getTargetOwner().getName();
                        String method = call.getName();
                        return (owner.equals("java.lang.System") && ASKED_OF_SYSTEM.contains(method))
                                || (owner.startsWith("java.time.") && method.equals("now"))
                                || (owner.equals("java.util.UUID") && method.equals("randomUUID"))
                                || (owner.equals("java.lang.Math") && method.equals("random"))
                                || owner.equals("java.lang.Thread")
                                || (owner.equals("java.util.Random") && method.equals("<init>"));
                    }
                };
        return noClasses().that().resideInAPackage(root + "..core..").should().callCodeUnitWhere(asking);
    }

    private ArchRule onlyTheLauncherNamesAnEngine() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root + ".server..", root + ".raft..", root + ".distro..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(root + ".raft..", root + ".distro..");
    }

    private ArchRule staticFieldsAreFinal() {
        return fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage(root + "..")
                .and(DescribedPredicate.not(DescribedPredicate.describe(
                        "synthetic",
                        field -> field.getModifiers()
                                .contains(com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC))))
                .should()
                .beFinal();
    }

    /** Futures are chained; whoever waits for one on an event loop stops every client that shares the loop. */
    private ArchRule nothingWaits() {
        DescribedPredicate<JavaCall<?>> waiting = new DescribedPredicate<>("wait") {
            @Override
            public boolean test(JavaCall<?> call) {
                JavaClass owner = call.getTargetOwner();
                String method = call.getName();
                boolean future = owner.isAssignableTo(Future.class)
                        || owner.isAssignableTo(CompletionStage.class)
                        || owner.isEquivalentTo(CompletableFuture.class);
                return (future && (method.equals("get") || method.equals("join")))
                        || (owner.isEquivalentTo(Thread.class) && (method.equals("sleep") || method.equals("join")))
                        || (owner.getName().equals("io.vertx.core.Future") && method.equals("await"));
            }
        };
        return noClasses()
                .that()
                .resideInAnyPackage(
                        root + ".consistency..",
                        root + ".member..",
                        root + ".raft..",
                        root + ".distro..",
                        root + ".naming..",
                        root + ".server.http..")
                .and()
                // Its close waits for the disk's thread, when the process ends and the loops have ended.
                .doNotHaveSimpleName("DiskQueue")
                .should()
                .callMethodWhere(waiting);
    }
}
