package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Codec;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Mode;
import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftStatus;
import io.muster.raft.Texts;
import org.junit.jupiter.api.Test;

/** X10: a committed entry that no node can read stops the persistent side, at the start as while it runs, and says which; it damages nothing. */
class PoisonEntryTest {

    private static final Codec<String> CANNOT_READ_POISON = new Codec<>() {
        @Override
        public byte[] encode(String value) {
            return Texts.CODEC.encode(value);
        }

        @Override
        public String decode(byte[] bytes) {
            String value = Texts.CODEC.decode(bytes);
            if (value.equals("poison")) {
                throw new IllegalArgumentException("this value is poison");
            }
            return value;
        }
    };

    private final EngineCluster cluster = new EngineCluster(1, 3);

    private void restartWith(Codec<String> codec) {
        for (int node = 0; node < 3; node++) {
            cluster.kill(node);
        }
        for (int node = 0; node < 3; node++) {
            cluster.codec(node, codec).start(node);
        }
    }

    @Test
    void atTheStart_theEngineIsThereAndSaysWhy_andNothingIsLost() {
        cluster.found();
        cluster.put(0, "a", "1");
        cluster.put(0, "b", "poison");
        cluster.put(0, "c", "2");
        cluster.awaitSame();

        restartWith(CANNOT_READ_POISON);
        assertThat(cluster.awaitFailure(cluster.starting(0)))
                .isInstanceOf(InvariantBroken.class)
                .hasMessageContaining("committed entry")
                .hasMessageContaining("poison");
        assertThat(cluster.failures())
                .isNotEmpty()
                .allMatch(failure -> failure.kind() == EngineFailure.Kind.INVARIANT_BROKEN);
        assertThat(cluster.status(0).state()).isEqualTo(RaftStatus.State.FAILED);
        assertThat(cluster.engine(0).readiness(Mode.PERSISTENT).reason()).contains("poison");
        assertThat(cluster.heard(0))
                .as("R34: listeners hear of what stands before it")
                .map(ChangeEvent::key)
                .containsExactly(EngineCluster.key("a"));
        assertThat(cluster.awaitFailure(cluster.putting(0, "d", "3"))).isInstanceOf(NotReady.class);
        assertThatThrownBy(() -> cluster.get(0, "a"))
                .isInstanceOf(NotReady.class)
                .hasMessageContaining("poison");

        restartWith(Texts.CODEC);
        cluster.awaitServing();
        assertThat(cluster.getLinearizable(0, "c")).contains("2");
    }
}
