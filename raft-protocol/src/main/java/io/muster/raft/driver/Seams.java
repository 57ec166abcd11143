package io.muster.raft.driver;

import io.muster.raft.StateMachine;
import io.muster.raft.core.CoreLimits;
import io.muster.raft.core.CoreTiming;
import io.muster.raft.core.Machine;
import io.muster.raft.core.Rules;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.storage.Checksum;
import java.util.function.UnaryOperator;

/**
 * Where a simulation reaches into a driver: it watches core and state, draws each of the core's times by itself, and plants bugs ({@code
 * spec/simulation.md} §2, §10). Production has {@link #NONE}.
 *
 * @param timing the core's times, from those that the settings give
 * @param limits the core's bounds
 * @param rules what the core asks where safety hangs on the answer
 * @param core what stands between driver and core
 * @param state what stands between driver and state machine
 * @param checksum of all that is stored
 * @param digestEvery at how many applied entries a digest is taken; the same on all members
 */
public record Seams(
        UnaryOperator<CoreTiming> timing,
        CoreLimits limits,
        Rules rules,
        UnaryOperator<Machine> core,
        AroundState state,
        Checksum checksum,
        long digestEvery) {

    public static final Seams NONE = new Seams(
            UnaryOperator.identity(),
            CoreLimits.DEFAULTS,
            new Rules(),
            UnaryOperator.identity(),
            AroundState.NOTHING,
            Checksum.CRC32C,
            StateDigest.EVERY);

    /** Nothing but this between driver and core. */
    public static Seams around(UnaryOperator<Machine> core) {
        return new Seams(NONE.timing, NONE.limits, NONE.rules, core, NONE.state, NONE.checksum, NONE.digestEvery);
    }

    /** Something between driver and state machine. */
    public interface AroundState {

        AroundState NOTHING = new AroundState() {
            @Override
            public <C, R> StateMachine<C, R> around(StateMachine<C, R> machine) {
                return machine;
            }
        };

        <C, R> StateMachine<C, R> around(StateMachine<C, R> machine);
    }
}
