package io.muster.naming.check;

import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.metrics.CheckMeters;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.model.UnhealthyDeletion;
import io.muster.naming.registry.FakeConsistency;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistryFixture;
import io.muster.naming.registry.RegistrySettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The driver over real sockets and engines in memory (R72). Everything that touches the engines runs on the context of the checks, so that they need
 * no locks.
 */
class HealthChecksTest {

    private static final CheckConfig CONFIG = new CheckConfig(2_000, 500, 0, 900_000);

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final FakeConsistency engines = new FakeConsistency();
    private final AtomicInteger renewals = new AtomicInteger();
    private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
    private final AtomicLong aheadNanos = new AtomicLong();
    private final Owner owner = new Owner();
    private final Registry registry = new Registry(
            engines,
            RegistrySettings.STANDARD,
            (delay, task) -> vertx.setTimer(delay, id -> task.run()),
            wallMillis::get);
    private HealthChecks checks;

    private static final class Owner implements CheckOwnership {
        private volatile Predicate<String> mine = name -> true;
        private volatile boolean cutOff;
        private volatile boolean alone;
        private final AtomicLong epoch = new AtomicLong();

        @Override
        public boolean isMine(String name) {
            return mine.test(name);
        }

        @Override
        public long epoch() {
            return epoch.get();
        }

        @Override
        public boolean isCutOff() {
            return cutOff;
        }

        @Override
        public boolean isAlone() {
            return alone;
        }

        void now(Predicate<String> rule) {
            mine = rule;
            epoch.incrementAndGet();
        }
    }

    @AfterEach
    void close() {
        ProbeFixture.await(checks.close());
        ProbeFixture.await(vertx.close());
    }

    private void start() {
        start(CONFIG);
    }

    private void start(CheckConfig config) {
        checks = on(() -> new HealthChecks(
                vertx,
                context,
                vertx.getOrCreateContext(),
                registry,
                counting(engines),
                owner,
                config,
                wallMillis::get,
                () -> System.nanoTime() + aheadNanos.get(),
                // The least jitter there is: first checks come at once.
                () -> 0L));
        on(() -> {
            // As quick as switches allow.
            engines.arrives(Keys.SWITCHES, SwitchSettings.DEFAULT.withAll(Map.of("tcpHealthParams", "3000,500,0.5")));
            checks.listen();
            registry.start();
            checks.start();
            return true;
        });
    }

    @SuppressWarnings("unchecked") // the proxy is of that interface
    private ConsistencyService<RegistryRecord> counting(FakeConsistency to) {
        return (ConsistencyService<RegistryRecord>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConsistencyService.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("renew")) {
                        renewals.incrementAndGet();
                    }
                    try {
                        return method.invoke(to, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private <T> T on(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(now -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private NetServer listener() {
        return listener(0);
    }

    private NetServer listener(int port) {
        return ProbeFixture.await(
                vertx.createNetServer().connectHandler(socket -> {}).listen(port, "127.0.0.1"));
    }

    private static InstanceKey at(int port) {
        return new InstanceKey("127.0.0.1", port, "DEFAULT");
    }

    private static Key health(int port) {
        return Keys.health(ORDERS.keyGroup(), at(port));
    }

    private void register(int port) {
        on(() -> {
            engines.arrives(RegistryFixture.persistentKey(at(port)), Instance.of(at(port), false));
            return true;
        });
    }

    private void cluster(HealthChecker checker, int checkPort, boolean useInstancePort, Metadata metadata) {
        on(() -> {
            engines.arrives(
                    Keys.cluster(ORDERS.keyGroup(), "DEFAULT"),
                    new ClusterDefinition(checker, checkPort, useInstancePort, metadata));
            return true;
        });
    }

    private Optional<Health> verdict(int port) {
        return on(() -> engines.get(health(port)).map(datum -> (Health) datum.value()));
    }

    private boolean isHealthy(int port) {
        return on(() -> registry.index()
                .find(ORDERS)
                .flatMap(view -> view.instance(at(port)))
                .map(InstanceView::healthy)
                .orElseThrow());
    }

    private void awaitHealthy(int port, boolean healthy) {
        await().atMost(30, TimeUnit.SECONDS).until(() -> isHealthy(port) == healthy);
    }

    @Test
    void aDeadInstance_isFound_andSoIsItsReturn_andNothingElseIsWritten() {
        NetServer alive = listener();
        NetServer dying = listener();
        int port = dying.actualPort();
        start();
        register(alive.actualPort());
        register(port);
        await().until(() -> checks.counts().passed() >= 2);
        ProbeFixture.await(dying.close());
        awaitHealthy(port, false);
        assertThat(verdict(port)).contains(new Health(false, "refused", wallMillis.get()));
        assertThat(on(() -> engines.lease(health(port)))).isEqualTo(new Lease(900_000, 900_000));
        assertThat(checks.verdictCount()).isEqualTo(1);
        listener(port);
        awaitHealthy(port, true);
        assertThat(verdict(port)).as("healthy fleets hold no records").isEmpty();
        assertThat(isHealthy(alive.actualPort())).isTrue();
        await().untilAsserted(() -> assertThat(checks.counts().flips()).isEqualTo(2));
        assertThat(on(() -> engines.value(RegistryFixture.persistentKey(at(port)))))
                .isEqualTo(Instance.of(at(port), false));
        assertMeters();
    }

    private void assertMeters() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        CheckMeters.bind(meters, checks);
        assertThat(meters.get("muster.naming.checks.targets").gauge().value()).isEqualTo(2);
        assertThat(meters.get("muster.naming.checks.flips").functionCounter().count())
                .isEqualTo(2);
        assertThat(meters.get("muster.naming.checks.verdicts").gauge().value()).isZero();
        double passed = meters.get("muster.naming.checks.results")
                .tag("outcome", "passed")
                .functionCounter()
                .count();
        double failed = meters.get("muster.naming.checks.results")
                .tag("outcome", "failed")
                .functionCounter()
                .count();
        assertThat(passed).isGreaterThanOrEqualTo(5);
        assertThat(failed).isGreaterThanOrEqualTo(3);
        assertThat(meters.get("nacos_monitor")
                        .tags("name", "tcpHealthCheck")
                        .gauge()
                        .value())
                .isGreaterThanOrEqualTo(passed + failed);
        assertThat(meters.get("nacos_monitor")
                        .tags("name", "mysqlhealthCheck")
                        .gauge()
                        .value())
                .isZero();
    }

    @Test
    void aVerdict_goesWithItsInstance() {
        int port = ProbeFixture.closedPort();
        start();
        register(port);
        awaitHealthy(port, false);
        on(() -> RegistryFixture.await(registry.registrations()
                .deregister(ORDERS, at(port), false, RegistryFixture.ALICE)
                .thenApply(done -> true)));
        await().until(() -> checks.counts().targets() == 0);
        assertThat(verdict(port)).as("others may hear of its end later").isPresent();
        aheadNanos.addAndGet(Verdicts.OUTLIVES_NANOS);
        await().until(() -> verdict(port).isEmpty());
        assertThat(checks.verdictCount()).isZero();
    }

    @Test
    void whatIsAnothersMember_isNotChecked_untilItIsOurs() {
        int port = ProbeFixture.closedPort();
        owner.now(name -> false);
        start();
        register(port);
        NetServer other = listener();
        register(other.actualPort());
        String slice = Sights.sliceName(ORDERS.keyGroup(), Sights.slice(at(port)));
        await().during(1, TimeUnit.SECONDS).until(() -> checks.counts().targets() == 0);
        owner.now(slice::equals);
        awaitHealthy(port, false);
        owner.now(name -> false);
        await().until(() -> checks.counts().targets() == 0);
        assertThat(isHealthy(port)).as("its verdict stands").isFalse();
    }

    @Test
    void switchedOff_nothingIsChecked_butWhatTheWhiteListNames() {
        int port = ProbeFixture.closedPort();
        start();
        switches(Map.of("healthCheckEnabled", "false"));
        register(port);
        await().during(2, TimeUnit.SECONDS).until(() -> checks.counts().targets() == 0);
        assertThat(isHealthy(port)).isTrue();
        switches(Map.of("healthCheckEnabled", "false", "healthCheckWhiteList", ORDERS.grouped()));
        awaitHealthy(port, false);
        switches(Map.of("healthCheckEnabled", "false"));
        await().until(() -> checks.counts().targets() == 0);
        assertThat(isHealthy(port)).as("its verdict stands").isFalse();
    }

    private void switches(Map<String, String> fields) {
        on(() -> {
            engines.arrives(
                    Keys.SWITCHES,
                    SwitchSettings.DEFAULT
                            .withAll(Map.of("tcpHealthParams", "3000,500,0.5"))
                            .withAll(fields));
            return true;
        });
    }

    @Test
    void theClustersPort_isAskedWhereItSaysSo_andNoneIsNotAsked() {
        NetServer admin = listener();
        int port = ProbeFixture.closedPort();
        start();
        cluster(HealthChecker.TCP, admin.actualPort(), false, Metadata.EMPTY);
        register(port);
        await().until(() -> checks.counts().passed() > 0);
        assertThat(isHealthy(port)).isTrue();
        cluster(HealthChecker.TCP, admin.actualPort(), true, Metadata.EMPTY);
        awaitHealthy(port, false);
        cluster(HealthChecker.NONE, 80, true, Metadata.EMPTY);
        await().until(() -> checks.counts().targets() == 0);
        assertThat(isHealthy(port)).as("as registered").isTrue();
    }

    @Test
    void verdicts_areRenewed_byWhoIsResponsibleForTheGroup_alsoWhileChecksAreOff() {
        int port = ProbeFixture.closedPort();
        start(new CheckConfig(2_000, 500, 0, 1_000));
        register(port);
        awaitHealthy(port, false);
        switches(Map.of("healthCheckEnabled", "false"));
        int before = renewals.get();
        await().until(() -> renewals.get() >= before + 3);
        owner.now(name -> name.contains("#" + "0"));
        await().until(() -> {
            int seen = renewals.get();
            return on(() -> renewals.get()) == seen;
        });
        int then = renewals.get();
        await().during(1, TimeUnit.SECONDS).until(() -> renewals.get() == then);
    }

    /** Nobody else may have heard what the member before it renewed last, and a round takes three minutes. */
    @Test
    void whoBecomesResponsible_renewsAtOnce() {
        int port = ProbeFixture.closedPort();
        owner.now(name -> !name.equals(ORDERS.keyGroup()));
        start();
        register(port);
        awaitHealthy(port, false);
        assertThat(renewals).hasValue(0);
        owner.now(name -> true);
        await().until(() -> renewals.get() > 0);
    }

    @Test
    void aVerdictWhoseInstanceNobodyKnows_isLeftToItsLease() {
        start(new CheckConfig(2_000, 500, 0, 1_000));
        on(() -> {
            engines.arrives(health(9), new Health(false, "refused", 1));
            return true;
        });
        await().during(1, TimeUnit.SECONDS).until(() -> renewals.get() == 0);
        assertThat(checks.verdictCount()).isEqualTo(1);
    }

    @Test
    void unhealthyForTooLong_isDeleted_whereTheClusterAsksForIt() {
        NetServer alive = listener();
        NetServer alsoAlive = listener();
        int port = ProbeFixture.closedPort();
        start();
        cluster(HealthChecker.TCP, 80, true, Metadata.of(Map.of(UnhealthyDeletion.KEY, "60000")));
        register(alive.actualPort());
        register(alsoAlive.actualPort());
        register(port);
        awaitHealthy(port, false);
        aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> on(() ->
                        engines.get(RegistryFixture.persistentKey(at(port))).isEmpty()));
        await().until(() -> verdict(port).isEmpty());
        assertThat(on(() -> engines.group(Mode.PERSISTENT, ORDERS.keyGroup()))).hasSize(3);
    }

    @Test
    void anInstanceUnderAName_isCheckedWhereTheNameLeads() {
        NetServer alive = listener();
        InstanceKey named = new InstanceKey("localhost", alive.actualPort(), "DEFAULT");
        start();
        on(() -> {
            engines.arrives(RegistryFixture.persistentKey(named), Instance.of(named, false));
            return true;
        });
        await().until(() -> checks.counts().passed() > 0);
        assertThat(checks.counts().failed()).isZero();
    }

    @Test
    void aMemberThatIsCutOff_writesNoVerdictOnSilence() {
        NetServer hangsUp = ProbeFixture.await(
                vertx.createNetServer().connectHandler(NetSocket::close).listen(0, "127.0.0.1"));
        owner.cutOff = true;
        start();
        cluster(new HealthChecker.Http("/", "", 200), 80, true, Metadata.EMPTY);
        register(hangsUp.actualPort());
        await().atMost(30, TimeUnit.SECONDS).until(() -> checks.counts().voided() >= 5);
        assertThat(isHealthy(hangsUp.actualPort())).isTrue();
        assertThat(checks.counts().failed()).isZero();
        owner.cutOff = false;
        awaitHealthy(hangsUp.actualPort(), false);
    }

    /** Whoever is alone can't be cut off, and need not wait until it would know. */
    @Test
    void aServerThatIsAlone_doesNotHoldSilence() {
        NetServer hangsUp = ProbeFixture.await(
                vertx.createNetServer().connectHandler(NetSocket::close).listen(0, "127.0.0.1"));
        start(new CheckConfig(2_000, 500, 0, 900_000, TimeUnit.HOURS.toMillis(1)));
        cluster(new HealthChecker.Http("/", "", 200), 80, true, Metadata.EMPTY);
        register(hangsUp.actualPort());
        await().atMost(30, TimeUnit.SECONDS).until(() -> checks.counts().failed() >= 6);
        assertThat(isHealthy(hangsUp.actualPort())).as("held").isTrue();
        owner.alone = true;
        awaitHealthy(hangsUp.actualPort(), false);
    }

    /** {@code GET /v1/ns/catalog/rt/service}. */
    @Test
    void timesOfChecks_areToldByCluster() {
        NetServer one = listener();
        NetServer two = listener();
        start();
        assertThat(ProbeFixture.await(checks.answerTimes(ORDERS)))
                .as("nothing is checked yet")
                .isEmpty();
        register(one.actualPort());
        register(two.actualPort());
        await().until(() -> checks.counts().passed() >= 2);
        SortedMap<String, AnswerTimes> times = ProbeFixture.await(checks.answerTimes(ORDERS));
        assertThat(times).containsOnlyKeys("DEFAULT");
        assertThat(times.get("DEFAULT").targets()).isEqualTo(2);
        assertThat(times.get("DEFAULT").bestMillis()).isBetween(1L, 500L);
        assertThat(ProbeFixture.await(checks.answerTimes(ServiceName.of("", "", "unknown"))))
                .isEmpty();
    }

    @Test
    void aVerdictThatArrivesAfterItsInstanceWent_isTakenAway() {
        int port = ProbeFixture.closedPort();
        start();
        CompletableFuture<Boolean> went = new CompletableFuture<>();
        on(() -> {
            engines.beforeNextApply(() -> {
                Key instance = RegistryFixture.persistentKey(at(port));
                engines.apply(List.of(Change.remove(instance, Removal.CLIENT, Condition.ALWAYS)))
                        .thenAccept(done -> went.complete(true));
            });
            return true;
        });
        register(port);
        assertThat(went.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
        await().until(() -> verdict(port).isPresent());
        aheadNanos.addAndGet(Verdicts.OUTLIVES_NANOS);
        await().untilAsserted(() -> assertThat(verdict(port)).isEmpty());
        assertThat(checks.counts().flips()).isEqualTo(1);
    }
}
