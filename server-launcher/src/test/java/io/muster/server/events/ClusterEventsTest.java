package io.muster.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** X26. */
class ClusterEventsTest {

    private final ClusterEvents events = new ClusterEvents(() -> 17);

    private void tell(int count) {
        for (int i = 0; i < count; i++) {
            events.tell(ClusterEvent.Kind.LIST_TAKEN, "file", "list " + i);
        }
    }

    @Test
    void after_givesWhatHappenedSince_oldestFirst() {
        tell(3);
        assertThat(events.after(1).events()).extracting(ClusterEvent::text).containsExactly("list 1", "list 2");
        assertThat(events.after(3)).isEqualTo(new ClusterEvents.Page(List.of(), 3, 0));
        assertThat(events.after(0).events().get(0)).isEqualTo(new ClusterEvent(1, 17, "LIST_TAKEN", "file", "list 0"));
    }

    @Test
    void oldestAreForgotten_andWhoeverMissesThemIsTold() {
        tell(ClusterEvents.EVENTS_MAX + 5);
        ClusterEvents.Page page = events.after(2);
        assertThat(page.events()).hasSize(ClusterEvents.EVENTS_MAX);
        assertThat(page.missed()).isEqualTo(3);
        assertThat(page.lastId()).isEqualTo(ClusterEvents.EVENTS_MAX + 5);
    }

    /** A reader that knew the process before this one begins anew. */
    @Test
    void idThatIsNotReachedYet_givesAll() {
        tell(2);
        assertThat(events.after(40).events()).hasSize(2);
        assertThat(events.after(40).missed()).isZero();
    }

    @Test
    void listeners_hearOfEachEvent_untilTheyEnd() {
        List<Long> heard = new ArrayList<>();
        Runnable ending = events.listen(event -> heard.add(event.id()));
        tell(2);
        ending.run();
        tell(1);
        assertThat(heard).containsExactly(1L, 2L);
    }
}
