package io.muster.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client is tested as its users have it: with its own libraries, and none of the server's. */
class ClassPathIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.vertx.core.Vertx",
                "io.netty.channel.Channel",
                "io.muster.naming.model.Instance",
                "io.muster.consistency.Key"
            })
    void nothingOfTheServerIsHere(String className) {
        assertThatThrownBy(() -> Class.forName(className)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void jacksonIsTheOneThatTheClientCameWith() {
        assertThat(PackageVersion.VERSION).hasToString("2.12.2");
    }
}
