package io.muster.distro;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Design §9: under 500 bytes of heap for each ephemeral instance; the engine's own share of it must leave room for the registry's. */
class EngineMemoryTest {

    @Test
    void aRecord_tenAGroup_costsTheEngineLessThan200Bytes() throws Exception {
        assertThat(EngineFigures.heapBytesPerRecord(200_000, 10)).isLessThan(200);
    }
}
