package io.muster.raft.engine;

import io.muster.member.NodeIdentity;
import io.muster.member.port.Ports;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.Texts;
import io.muster.raft.driver.Seams;
import java.util.function.Consumer;

/** Makes engines that a simulation looks into. */
public final class SimulatedEngines {

    private SimulatedEngines() {}

    public static RaftEngine<String> create(
            RaftConfig config,
            NodeIdentity identity,
            Ports ports,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            Seams seams) {
        return new RaftEngine<>(config, Texts.CODEC, identity, ports, metrics, onFailure, seams);
    }
}
