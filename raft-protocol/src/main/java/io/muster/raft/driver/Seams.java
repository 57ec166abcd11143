package io.muster.raft.driver;

import io.muster.raft.core.CoreLimits;
import io.muster.raft.core.CoreTiming;
import io.muster.raft.core.Machine;
import io.muster.raft.core.Rules;
import java.util.function.UnaryOperator;

/**
 * Where a simulation reaches into a driver: it watches the core, draws each of its times by itself, and plants bugs ({@code spec/simulation.md} §2,
 * §10). Production has {@link #NONE}.
 *
 * @param timing the core's times, from those that the settings give
 * @param limits the core's bounds
 * @param rules what the core asks where safety hangs on the answer
 * @param core what stands between driver and core
 */
public record Seams(UnaryOperator<CoreTiming> timing, CoreLimits limits, Rules rules, UnaryOperator<Machine> core) {

    public static final Seams NONE =
            new Seams(UnaryOperator.identity(), CoreLimits.DEFAULTS, new Rules(), UnaryOperator.identity());

    /** Nothing but this between driver and core. */
    public static Seams around(UnaryOperator<Machine> core) {
        return new Seams(NONE.timing, NONE.limits, NONE.rules, core);
    }
}
