package io.muster.member.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecureRngTest {

    @Test
    void streams_differ_ofTheSameNameToo() {
        SecureRng rng = new SecureRng();

        assertThat(rng.stream("node-id").nextLong())
                .isNotEqualTo(rng.stream("node-id").nextLong());
    }
}
