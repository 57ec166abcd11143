package io.muster.naming.list;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.model.Instance;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.RegistryFixture;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class InstanceListsTest {

    private static final ListRequest PLAIN = new ListRequest(ORDERS, "", false, NameForm.GROUPED, false, "");
    private static final ListRequest PUSHED = new ListRequest(ORDERS, "", false, NameForm.GROUPED, true, "");

    private final RegistryFixture fixture = new RegistryFixture();
    private final AtomicBoolean warmingUp = new AtomicBoolean();
    private final InstanceLists lists =
            new InstanceLists(fixture.registry.index(), fixture.registry.switches(), warmingUp::get, 1_000_000);

    private Buffer body(ListRequest request) {
        return ((ListAnswer.Body) lists.list(request)).json();
    }

    /** Design §7. */
    @Test
    void list_isEncodedOncePerChangeFilterAndForm() {
        fixture.register(FIRST);

        Buffer first = body(PLAIN);
        assertThat(body(PLAIN)).isSameAs(first);
        assertThat(lists.encodedCount()).isEqualTo(1);

        body(PUSHED);
        body(new ListRequest(ORDERS, "", false, NameForm.BARE, false, ""));
        body(new ListRequest(ORDERS, "", true, NameForm.GROUPED, false, ""));
        body(new ListRequest(ORDERS, "DEFAULT", false, NameForm.GROUPED, false, ""));
        assertThat(lists.encodedCount()).isEqualTo(5);

        fixture.register(SECOND);
        assertThat(body(PLAIN).toString()).contains("10.0.0.2");
        body(PLAIN);
        assertThat(lists.encodedCount()).isEqualTo(6);
    }

    @Test
    void list_ofManyThreadsAtOnce_isEncodedOnce() throws InterruptedException, ExecutionException {
        fixture.register(FIRST);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch go = new CountDownLatch(1);
        try {
            List<Future<Buffer>> bodies = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                bodies.add(threads.submit(() -> {
                    go.await();
                    return body(PLAIN);
                }));
            }
            go.countDown();
            for (Future<Buffer> one : bodies) {
                assertThat(one.get()).isSameAs(body(PLAIN));
            }
            assertThat(lists.encodedCount()).isEqualTo(1);
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cacheMillis_followsPushAndSwitches() {
        fixture.register(FIRST);
        assertThat(body(PLAIN).toString()).contains("\"cacheMillis\":3000,");
        assertThat(body(PUSHED).toString()).contains("\"cacheMillis\":10000,");

        await(fixture.registry.switches().set("defaultCacheMillis", "4000", false, ALICE));

        assertThat(body(PLAIN).toString()).contains("\"cacheMillis\":4000,");
    }

    @Test
    void unknownService_hasNoHostsAndIsNotKept() {
        assertThat(body(PLAIN).toString()).endsWith("\"hosts\":[]}");
        assertThat(lists.encodedCount()).isZero();

        fixture.register(FIRST);
        assertThat(body(PLAIN).toString()).contains("10.0.0.1");
    }

    @Test
    void env_isEchoedToWhoSentIt() {
        fixture.register(FIRST);

        assertThat(body(new ListRequest(ORDERS, "", false, NameForm.GROUPED, false, "prod"))
                        .toString())
                .contains("\"env\":\"prod\"");
        assertThat(body(PLAIN).toString()).contains("\"env\":\"\"");
    }

    /** X13: while instances may be missing nobody is told a list, but where nothing can be missing. */
    @Test
    void warmingUp_refusesAllButPersistentOnlyServices() {
        ServiceName database = ServiceName.of("", "", "database");
        await(fixture.registry.registrations().register(database, Instance.of(FIRST, false), ALICE));
        fixture.register(FIRST);
        warmingUp.set(true);

        assertThat(lists.list(PLAIN)).isEqualTo(new ListAnswer.WarmingUp());
        assertThat(lists.list(new ListRequest(
                        ServiceName.of("", "", "never-heard-of"), "", false, NameForm.GROUPED, false, "")))
                .isEqualTo(new ListAnswer.WarmingUp());
        assertThat(body(new ListRequest(database, "", false, NameForm.GROUPED, false, ""))
                        .toString())
                .contains("10.0.0.1");

        warmingUp.set(false);
        assertThat(body(PLAIN).toString()).contains("10.0.0.1");
    }

    /** X13: a true deregistration down to zero is served at once. */
    @Test
    void lastInstanceGone_isServedAtOnce() {
        fixture.register(FIRST);
        body(PLAIN);

        await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));

        assertThat(body(PLAIN).toString()).startsWith("{\"hosts\":[],");
        assertThat(fixture.consistency.get(ephemeralKey(FIRST))).isEmpty();
    }
}
