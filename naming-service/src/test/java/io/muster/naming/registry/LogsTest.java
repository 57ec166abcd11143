package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.muster.naming.events.EventLog;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.ServiceDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** X21: every admin change is one structured line; every removal names its cause. */
class LogsTest {

    private final RegistryFixture fixture = new RegistryFixture();

    @Test
    void removal_isOneLineWithItsCause() {
        fixture.register(FIRST);
        fixture.register(SECOND);
        try (RecordedLog log = new RecordedLog(EventLog.LOGGER)) {
            await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));
            fixture.consistency.expire(ephemeralKey(SECOND));

            assertThat(log.lines()).hasSize(2);
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("cause", "CLIENT")
                    .containsEntry("service", ORDERS.keyGroup())
                    .containsEntry("instance", FIRST.toString());
            assertThat(RecordedLog.pairs(log.lines().get(1)))
                    .containsEntry("cause", "EXPIRED")
                    .containsEntry("by", "00000000000000010000000000000002");
        }
    }

    /** A million removals at once must not keep an engine writing lines. */
    @Test
    void removals_pastTheBound_areToldAsNumbers() {
        int over = 25;
        int removals = EventLog.LINES_PER_SECOND_MAX + over;
        for (int i = 0; i <= removals; i++) {
            fixture.register(instance(i));
        }
        try (RecordedLog log = new RecordedLog(EventLog.LOGGER)) {
            for (int i = 0; i < removals; i++) {
                fixture.consistency.expire(ephemeralKey(instance(i)));
            }
            assertThat(log.lines()).hasSize(EventLog.LINES_PER_SECOND_MAX);

            fixture.nowMillis += 1_000;
            fixture.consistency.expire(ephemeralKey(instance(removals)));

            assertThat(log.lines()).hasSize(EventLog.LINES_PER_SECOND_MAX + 2);
            assertThat(log.lines().get(EventLog.LINES_PER_SECOND_MAX).getFormattedMessage())
                    .contains("EXPIRED=" + over);
        }
    }

    /** A failure may be the last thing that happens for a long time. */
    @Test
    void removals_pastTheBound_areTold_alsoIfNothingMoreHappens() {
        int removals = EventLog.LINES_PER_SECOND_MAX + 1;
        for (int i = 0; i < removals; i++) {
            fixture.register(instance(i));
        }
        try (RecordedLog log = new RecordedLog(EventLog.LOGGER)) {
            for (int i = 0; i < removals; i++) {
                fixture.consistency.expire(ephemeralKey(instance(i)));
            }
            fixture.pass(Duration.ofSeconds(10));

            assertThat(log.lines()).hasSize(EventLog.LINES_PER_SECOND_MAX + 1);
            assertThat(log.lines().get(EventLog.LINES_PER_SECOND_MAX).getFormattedMessage())
                    .contains("EXPIRED=1");
        }
    }

    @Test
    void adminChange_isOneLineDoneOrRefused() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(fixture.registry.services().create(ORDERS, ServiceDefinition.DEFAULT, ALICE));
            assertThatExceptionOfType(RegistryException.class)
                    .isThrownBy(
                            () -> await(fixture.registry.services().create(ORDERS, ServiceDefinition.DEFAULT, ALICE)));

            List<ILoggingEvent> lines = log.lines();
            assertThat(lines).hasSize(2);
            assertThat(RecordedLog.pairs(lines.get(0)))
                    .containsEntry("action", "create-service")
                    .containsEntry("target", ORDERS.keyGroup())
                    .containsEntry("user", "alice")
                    .containsEntry("address", "10.9.9.9")
                    .containsEntry("outcome", "done");
            assertThat(RecordedLog.pairs(lines.get(1)).get("outcome")).startsWith("refused: specified service");
        }
    }

    @Test
    void adminChange_tellsWhatStoodBefore_andWhatStandsAfter() {
        AuditLog audit = new AuditLog();
        AtomicInteger value = new AtomicInteger(1);
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(audit.audited(
                    ALICE,
                    "add",
                    "a number",
                    "by one",
                    value::get,
                    () -> CompletableFuture.completedFuture(value.incrementAndGet())));
            await(audit.audited(ALICE, "add", "a number", "", "one", "two", CompletableFuture.completedFuture("")));

            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("before", "1")
                    .containsEntry("after", "2")
                    .containsEntry("outcome", "done: 2");
            assertThat(RecordedLog.pairs(log.lines().get(1)))
                    .containsEntry("before", "one")
                    .containsEntry("after", "two");
        }
    }

    /** Whatever way a refusal takes, it is told, and nothing has changed. */
    @Test
    void refusedChange_isTold_alsoIfItIsRefusedAtOnce() {
        AuditLog audit = new AuditLog();
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> await(audit.<String>audited(ALICE, "add", "a number", "", () -> 1, () -> {
                        throw new IllegalArgumentException("not today");
                    })));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> await(audit.<String>audited(
                            ALICE,
                            "add",
                            "a number",
                            "",
                            "one",
                            "two",
                            CompletableFuture.failedFuture(new IllegalStateException("nor tomorrow")))));

            assertThat(log.lines()).hasSize(2).allMatch(line -> line.getLevel() == Level.WARN);
            assertThat(RecordedLog.pairs(log.lines().get(0))).containsEntry("outcome", "refused: not today");
            assertThat(RecordedLog.pairs(log.lines().get(1)))
                    .containsEntry("before", "one")
                    .containsEntry("after", "one");
        }
    }

    /** An instance's metadata may be 16 KiB, and stands before what was changed. */
    @Test
    void ofLongStates_whatTheyDifferInIsSeen() {
        AuditLog audit = new AuditLog();
        String metadata = "metadata=" + "m".repeat(2_000);
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(audit.audited(
                    ALICE,
                    "edit",
                    "it",
                    "",
                    metadata + ", weight=1" + "t".repeat(600),
                    metadata + ", weight=5",
                    CompletableFuture.completedFuture("")));
            await(audit.audited(ALICE, "edit", "it", "", metadata, metadata, CompletableFuture.completedFuture("")));

            assertThat(RecordedLog.pairs(log.lines().get(0)).get("before"))
                    .startsWith("…mmm")
                    .contains("m, weight=1ttt")
                    .endsWith("t…")
                    .hasSizeLessThan(520);
            assertThat(RecordedLog.pairs(log.lines().get(0)).get("after"))
                    .startsWith("…mmm")
                    .endsWith("m, weight=5");
            assertThat(RecordedLog.pairs(log.lines().get(1)).get("before")).startsWith("metadata=mmm");
        }
    }

    @Test
    void metadataBatch_namesTheInstancesAndTheEdit() {
        List<MetadataBatch.Target> targets = IntStream.range(0, 8)
                .mapToObj(number -> new MetadataBatch.Target(instance(number), true))
                .toList();
        targets.forEach(target -> fixture.register(target.instance()));
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(fixture.registry
                    .metadataBatch()
                    .edit(ORDERS, targets, MetadataEdit.put(RegistryFixture.metadata("zone", "b")), ALICE));

            assertThat(RecordedLog.pairs(log.lines().get(0)).get("detail"))
                    .startsWith("10.1.0.0:80:unknown:DEFAULT:ephemeral, 10.1.0.1:80")
                    .contains(" and 2 more: ", "zone");
        }
    }

    /** What can't be read is no reason to refuse, and no reason to be silent (X10, X21). */
    @Test
    void change_isToldAndDone_thoughWhatStandsCanNotBeRead() {
        AuditLog audit = new AuditLog();
        AtomicInteger reads = new AtomicInteger();
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            String done = await(audit.audited(
                    ALICE,
                    "add",
                    "a number",
                    "",
                    () -> {
                        throw new IllegalStateException("reads stopped " + reads.incrementAndGet());
                    },
                    () -> CompletableFuture.completedFuture("done")));

            assertThat(done).isEqualTo("done");
            assertThat(log.lines()).hasSize(1);
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("outcome", "done: done")
                    .containsEntry("before", "unreadable: reads stopped 1")
                    .containsEntry("after", "unreadable: reads stopped 2");
        }
    }

    @Test
    void registrationAndBeat_ofEphemeralInstances_areNoAdminChange() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            fixture.register(FIRST);
            await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));

            assertThat(log.lines()).isEmpty();
        }
    }

    private static InstanceKey instance(int number) {
        return new InstanceKey("10.1." + number / 250 + "." + number % 250, 80, "DEFAULT");
    }

    /** A beat may register a persistent instance; that is an admin's change as a POST is. */
    @Test
    void beatThatRegistersAPersistentInstance_isAnAdminChange() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.of(Instance.of(FIRST, false)), ALICE));

            assertThat(log.lines()).hasSize(1);
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("action", "register-instance")
                    .containsEntry("user", "alice");
        }
    }

    /** design.md §7. */
    @Test
    void addressOfBothKinds_isTold_onceASecondAtMost() {
        try (RecordedLog log = new RecordedLog(BothKindsLog.class.getName())) {
            fixture.register(FIRST);
            fixture.register(FIRST);
            assertThat(log.lines()).isEmpty();

            fixture.register(Instance.of(FIRST, false));
            fixture.register(SECOND);
            fixture.register(Instance.of(SECOND, false));
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0).getFormattedMessage()).contains(FIRST.toString(), "both");

            fixture.nowMillis += 1_000;
            fixture.register(instance(1));
            fixture.register(Instance.of(instance(1), false));
            assertThat(log.lines()).hasSize(2);
        }
    }
}
