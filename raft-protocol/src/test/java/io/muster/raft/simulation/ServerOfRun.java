package io.muster.raft.simulation;

import io.muster.member.lookup.AnswerWatch;
import io.muster.member.lookup.ListListener;
import io.muster.member.lookup.LookupHealth;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.port.Time;
import java.time.Duration;

/** The lookup {@code address-server} of a node, over {@link AnswerWatch} as in production; the run's server answers it. */
final class ServerOfRun implements MemberLookup {

    private static final Duration ASKS_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER_TAKES = Duration.ofMillis(10);
    private static final int ILL_AFTER = 12;
    private static final String SOURCE = "the address server";

    private final ListsWorld world;
    private final int node;
    private final Time time;
    private final ListBug bug;
    private final AnswerWatch watch = new AnswerWatch(SOURCE);
    private boolean stopped;

    ServerOfRun(ListsWorld world, int node, Time time, ListBug bug) {
        this.world = world;
        this.node = node;
        this.time = time;
        this.bug = bug;
    }

    @Override
    public String mode() {
        return LookupMode.ADDRESS_SERVER.configName();
    }

    @Override
    public void start(ListListener listener) {
        time.after(ANSWER_TAKES, () -> ask(listener));
    }

    private void ask(ListListener listener) {
        if (stopped) {
            return;
        }
        AnswerWatch.Verdict verdict =
                world.answer().map(watch::answered).orElseGet(() -> watch.failed("no answer came"));
        verdict.taken().ifPresent(listener::listed);
        verdict.warning().ifPresent(problem -> {
            world.isTold(node, "address server refused");
            listener.refused(problem);
        });
        if (bug != ListBug.GIVES_UP_ON_THE_SERVER || watch.problem().isEmpty()) {
            time.after(ASKS_EVERY, () -> ask(listener));
        }
    }

    @Override
    public LookupHealth health() {
        return new LookupHealth(SOURCE, watch.failuresInARow() < ILL_AFTER, watch.failuresInARow(), watch.problem());
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
