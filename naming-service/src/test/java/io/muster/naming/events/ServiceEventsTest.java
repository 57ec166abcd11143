package io.muster.naming.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept of what happened, and for whom. */
class ServiceEventsTest {

    private static final String ORDERS = "public##DEFAULT_GROUP@@orders";

    private final ServiceEvents events = new ServiceEvents(() -> 17);

    private void tell(ServiceEvents to, String service, int times) {
        IntStream.range(0, times)
                .forEach(i -> to.tell(
                        service,
                        "10.0.0.1:80:DEFAULT",
                        true,
                        ServiceEvent.Kind.REGISTERED,
                        ServiceEvent.Cause.CLIENT,
                        "",
                        ""));
    }

    private static List<Long> ids(ServiceEvents.Page page) {
        return page.events().stream().map(ServiceEvent::id).toList();
    }

    @Test
    void after_givesTheServicesOwn_laterThanTheOneKnown_oldestFirst() {
        tell(events, ORDERS, 2);
        tell(events, "public##DEFAULT_GROUP@@other", 1);
        tell(events, ORDERS, 1);

        assertThat(ids(events.after(ORDERS, 0))).containsExactly(1L, 2L, 4L);
        assertThat(ids(events.after(ORDERS, 2))).containsExactly(4L);
        assertThat(events.after(ORDERS, 4).events()).isEmpty();
        assertThat(events.after(ORDERS, 0).lastId()).isEqualTo(4);
        assertThat(events.after("public##DEFAULT_GROUP@@unknown", 0).events()).isEmpty();
    }

    /** It was of an earlier process: nothing of it is known here. */
    @Test
    void after_anEventThatIsNotReachedYet_givesAll() {
        tell(events, ORDERS, 2);
        assertThat(ids(events.after(ORDERS, 99))).containsExactly(1L, 2L);
    }

    @Test
    void ofAService_theLatestAreKept_andHowManyWereMissedIsTold() {
        tell(events, ORDERS, ServiceEvents.OF_SERVICE_MAX + 5);

        ServiceEvents.Page page = events.after(ORDERS, 0);
        assertThat(page.events()).hasSize(ServiceEvents.OF_SERVICE_MAX);
        assertThat(page.events().get(0).id()).isEqualTo(6);
        assertThat(page.missed()).isEqualTo(5);
        assertThat(events.after(ORDERS, 3).missed()).isEqualTo(2);
        assertThat(events.after(ORDERS, 5).missed()).isZero();
    }

    /** Names that come and go must not fill the memory, nor push out where something happens now. */
    @Test
    void ofAllServices_abound_isHeld_andTheQuietestAreForgotten() {
        int max = 1_000;
        ServiceEvents bounded = new ServiceEvents(() -> 17, max);
        tell(bounded, "public##g@@first", 3);
        for (int i = 0; i < 300_000; i++) {
            tell(bounded, "public##g@@churn-" + i, 1);
            if (i % 100 == 0) {
                tell(bounded, ORDERS, 1);
            }
        }

        assertThat(bounded.size()).isLessThanOrEqualTo(max).isGreaterThan(max - ServiceEvents.OF_SERVICE_MAX);
        assertThat(bounded.after("public##g@@first", 0).events()).isEmpty();
        assertThat(bounded.after(ORDERS, 0).events()).hasSize(ServiceEvents.OF_SERVICE_MAX);
    }

    /** Who asks again after the whole service was forgotten must not take silence for calm. */
    @Test
    void ofAServiceThatWasForgotten_whatWasMissedIsTold_andNothingTwice() {
        ServiceEvents bounded = new ServiceEvents(() -> 17, 100);
        tell(bounded, ORDERS, 3);
        assertThat(bounded.after(ORDERS, 1).missed()).isZero();
        for (int i = 0; i < 100; i++) {
            tell(bounded, "public##g@@churn-" + i, 1);
        }

        assertThat(bounded.after(ORDERS, 1).events()).isEmpty();
        assertThat(bounded.after(ORDERS, 1).missed()).isEqualTo(2);
        assertThat(bounded.after(ORDERS, 3).missed()).as("it knew them").isZero();
        assertThat(bounded.after("public##g@@never", 0).missed()).isZero();

        tell(bounded, ORDERS, 1);
        ServiceEvents.Page again = bounded.after(ORDERS, 1);
        assertThat(ids(again)).hasSize(1);
        assertThat(again.missed()).as("it has begun anew").isEqualTo(2);
        assertThat(bounded.after(ORDERS, again.lastId()).missed()).isZero();

        for (int i = 0; i < 100; i++) {
            tell(bounded, "public##g@@more-" + i, 1);
        }
        assertThat(bounded.after(ORDERS, 0).missed()).as("forgotten twice").isEqualTo(4);
    }

    @Test
    void listener_isWokenByItsServiceAlone_untilItEnds() {
        List<String> woken = new ArrayList<>();
        Runnable ending = events.listen(ORDERS, () -> woken.add("first"));
        Runnable other = events.listen(ORDERS, () -> woken.add("second"));
        tell(events, "public##DEFAULT_GROUP@@other", 1);
        assertThat(woken).isEmpty();
        tell(events, ORDERS, 1);
        assertThat(woken).containsExactly("first", "second");

        ending.run();
        ending.run();
        tell(events, ORDERS, 1);
        assertThat(woken).containsExactly("first", "second", "second");
        other.run();
        tell(events, ORDERS, 1);
        assertThat(woken).hasSize(3);
    }
}
