package io.muster.raft.simulation;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.ListListener;
import io.muster.member.lookup.ListWatch;
import io.muster.member.lookup.LookupHealth;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.MemberList;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.List;

/** The lookup {@code file} of a node, over {@link ListWatch} as in production; looks at a text of the run in place of a file. */
final class FileOfNode implements MemberLookup {

    private static final Duration LOOKS_EVERY = Duration.ofMillis(500);
    private static final Duration STILL_AFTER = Duration.ofSeconds(2);
    private static final String SOURCE = "cluster.conf";

    private final ListsWorld world;
    private final int node;
    private final Time time;
    private final ListBug bug;
    private boolean stopped;
    private LookupHealth health = LookupHealth.good(SOURCE);

    FileOfNode(ListsWorld world, int node, Time time, ListBug bug) {
        this.world = world;
        this.node = node;
        this.time = time;
        this.bug = bug;
    }

    @Override
    public String mode() {
        return LookupMode.FILE.configName();
    }

    /** A file that was written just now, or has faults, is looked at again by whoever starts the server anew. */
    @Override
    public void start(ListListener listener) {
        ListsWorld.Text text = world.file(node);
        List<MemberAddress> first = list(text.content());
        if (world.isYoung(text, STILL_AFTER)) {
            throw new NotYet();
        }
        ListWatch watch = new ListWatch(SOURCE, text.version(), first);
        listener.listed(first);
        time.after(LOOKS_EVERY, () -> look(watch, listener));
    }

    /** The file is being written. */
    static final class NotYet extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotYet() {
            super("the file is not still yet", null, false, false);
        }
    }

    private List<MemberAddress> list(String content) {
        MemberList list = MemberList.ofText(content);
        return bug == ListBug.WHAT_HAS_FAULTS_IS_TAKEN ? list.members() : list.orThrow(SOURCE);
    }

    private void look(ListWatch watch, ListListener listener) {
        if (stopped) {
            return;
        }
        time.after(LOOKS_EVERY, () -> look(watch, listener));
        ListsWorld.Text text = world.file(node);
        if (bug == ListBug.WHAT_HAS_FAULTS_IS_TAKEN) {
            takeWithFaults(text, listener);
            return;
        }
        if (!watch.wants(text.version())) {
            return;
        }
        ListWatch.Look seen =
                new ListWatch.Look(text.version(), new ListWatch.Content.Read(MemberList.ofText(text.content())));
        if (bug == ListBug.WHAT_IS_NOT_STILL_IS_TAKEN) {
            watch.saw(seen);
        }
        ListWatch.Verdict verdict = watch.saw(seen);
        health = new LookupHealth(SOURCE, watch.problem().isEmpty(), watch.refusals(), watch.problem());
        verdict.warnings().forEach(problem -> {
            world.isTold(node, "file refused");
            listener.refused(problem);
        });
        verdict.taken().ifPresent(listener::listed);
    }

    private void takeWithFaults(ListsWorld.Text text, ListListener listener) {
        List<MemberAddress> members = list(text.content());
        if (!members.isEmpty() && !members.equals(world.inForce(node))) {
            listener.listed(members);
        }
    }

    @Override
    public LookupHealth health() {
        return health;
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
