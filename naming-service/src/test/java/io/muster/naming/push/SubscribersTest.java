package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SubscribersTest {

    private static final ServiceName ORDERS = ServiceName.of("", "", "orders");
    private static final SubscriberSettings SMALL = new SubscriberSettings(90_000, 5, 3);

    private long nowNanos = 1;
    private final Subscribers subscribers = new Subscribers(SMALL, () -> nowNanos);

    private static Subscriber subscriber(ServiceName service, String host, int port) {
        return new Subscriber(service, "", host, port, NameForm.GROUPED, "Nacos-Java-Client:v1.4.8", "app");
    }

    private void pass(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** A client of an empty service polls every 60 s: it must still be there when the first instance comes. */
    @Test
    void subscriber_livesUntilItStaysAway() {
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 1))).isTrue();
        pass(60_000);
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 1))).isTrue();
        pass(89_999);
        subscribers.expire();
        assertThat(subscribers.of(ORDERS)).hasSize(1);

        pass(1);
        assertThat(subscribers.of(ORDERS)).as("not even before the sweep").isEmpty();
        subscribers.expire();
        assertThat(subscribers.hasAny(ORDERS)).isFalse();
        assertThat(subscribers.count()).isZero();
    }

    @Test
    void expiry_below90Seconds_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SubscriberSettings(89_999, 1, 1));
    }

    @Test
    void refresh_takesOverWhatChanged() {
        subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 1));
        Subscriber renamed = new Subscriber(ORDERS, "", "10.0.0.1", 1, NameForm.BARE, "other", "app");

        subscribers.subscribe(renamed);

        assertThat(subscribers.of(ORDERS)).containsExactly(renamed);
        assertThat(subscribers.count()).isEqualTo(1);
    }

    /** X23: one bad client does not hurt the others. */
    @Test
    void tooManyOfOneAddress_areRefused_othersAreNot() {
        for (int port = 1; port <= 3; port++) {
            assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", port)))
                    .isTrue();
        }
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 4))).isFalse();
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 3)))
                .as("a refresh")
                .isTrue();
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.2", 1))).isTrue();
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.3", 1))).isTrue();
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.4", 1)))
                .as("too many in all")
                .isFalse();

        pass(90_000);
        subscribers.expire();
        assertThat(subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 4))).isTrue();
    }

    @Test
    void oneClientWithTwoClusterFilters_isTwoSubscribers() {
        subscribers.subscribe(subscriber(ORDERS, "10.0.0.1", 1));
        subscribers.subscribe(new Subscriber(ORDERS, "blue", "10.0.0.1", 1, NameForm.GROUPED, "", ""));

        assertThat(subscribers.of(ORDERS)).hasSize(2);
    }

    @Test
    void matching_isExactInTheNamespaceAndFuzzyInTheName() {
        ServiceName dev = ServiceName.of("dev", "shop", "orders");
        ServiceName dev2 = ServiceName.of("dev2", "shop", "orders");
        subscribers.subscribe(subscriber(dev, "10.0.0.1", 1));
        subscribers.subscribe(subscriber(dev2, "10.0.0.2", 1));

        assertThat(subscribers.matching("dev", "ho", "rder"))
                .extracting(Subscriber::service)
                .containsExactly(dev);
        assertThat(subscribers.matching("dev", "", "x")).isEmpty();
    }

    @Test
    void subscriber_withAnEndlessListOfClusters_isNotPushedTo() {
        String most = "c".repeat(Subscribers.CLUSTERS_CHARS_MAX);

        assertThat(subscribers.subscribe(ofClusters(most))).isTrue();
        assertThat(subscribers.subscribe(ofClusters(most + "c"))).isFalse();
        assertThat(subscribers.count()).isEqualTo(1);
    }

    private static Subscriber ofClusters(String clusters) {
        return new Subscriber(ORDERS, clusters, "10.0.0.1", 1, NameForm.GROUPED, "Nacos-Java-Client:v1.4.8", "app");
    }
}
