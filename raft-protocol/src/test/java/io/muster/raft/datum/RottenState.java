package io.muster.raft.datum;

import io.muster.consistency.Change;
import io.muster.raft.StateMachine;
import io.muster.raft.engine.ForwardingStateMachine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A state that memory, or a bug, falsifies when it is told: the next value that is written is another one here than elsewhere. */
public final class RottenState extends ForwardingStateMachine<DatumCommand<String>, DatumResult<String>> {

    private boolean rots;

    public RottenState(StateMachine<DatumCommand<String>, DatumResult<String>> machine) {
        super(machine);
    }

    public void rot() {
        rots = true;
    }

    /** Whether the next value is still to come. */
    public boolean isAboutToRot() {
        return rots;
    }

    @Override
    public List<DatumResult<String>> apply(List<Committed<DatumCommand<String>>> commands) {
        List<Committed<DatumCommand<String>>> told = new ArrayList<>(commands.size());
        for (Committed<DatumCommand<String>> each : commands) {
            boolean now = rots && each.command().changes().get(0) instanceof Change.Put<String>;
            told.add(now ? new Committed<>(each.index(), falsified(each.command())) : each);
            rots &= !now;
        }
        return super.apply(told);
    }

    private static DatumCommand<String> falsified(DatumCommand<String> command) {
        List<Change<String>> changes = new ArrayList<>();
        for (Change<String> change : command.changes()) {
            changes.add(
                    change instanceof Change.Put<String> put
                            ? Change.put(put.key(), put.value() + "?", put.condition())
                            : change);
        }
        return copy(command, command.request(), changes);
    }

    static DatumCommand<String> copy(DatumCommand<String> command, RequestId request, List<Change<String>> changes) {
        int[] lengths = new int[changes.size()];
        long[] hashes = new long[changes.size()];
        for (int i = 0; i < lengths.length; i++) {
            if (changes.get(i) instanceof Change.Put<String> put) {
                byte[] value = put.value().getBytes(StandardCharsets.UTF_8);
                lengths[i] = value.length;
                hashes[i] = StateHash.ofValue(value);
            }
        }
        return new DatumCommand<>(request, command.leftAfter(), changes, lengths, hashes, command.encodedBytes());
    }
}
