package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.Obstacle;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketFailuresTest {

    @ParameterizedTest
    @CsvSource({
        "Too many open files, SHORTAGE",
        "Cannot assign requested address: /10.0.0.1:80, SHORTAGE",
        "No buffer space available, SHORTAGE",
        "connect(..) failed: Network is unreachable: /10.0.0.1:80, NO_ROUTE",
        "Network is down, NO_ROUTE",
        "Operation not permitted, TARGETS_OWN"
    })
    void whatSaysNothingOfTheTarget(String message, Obstacle obstacle) {
        IOException failure = new IOException("connecting", new IOException(message));
        assertThat(SocketFailures.verdict(failure)).isEmpty();
        assertThat(SocketFailures.obstacle(failure)).isEqualTo(obstacle);
    }

    @Test
    void aName_isNoShortage() {
        IOException failure = new IOException(new UnknownHostException("failed to resolve after 3 queries"));
        assertThat(SocketFailures.verdict(failure)).isEmpty();
        assertThat(SocketFailures.obstacle(failure)).isEqualTo(Obstacle.TARGETS_OWN);
    }

    @ParameterizedTest
    @CsvSource({
        "Connection refused: /10.0.0.1:80, refused, true",
        "No route to host: /10.0.0.1:80, no route to host, false",
        "connection timed out after 500 ms, timeout, false",
        "Connection reset by peer, connection reset, false"
    })
    void whatTheTargetIsToldBy(String message, String reason, boolean certain) {
        assertThat(SocketFailures.verdict(new ConnectException(message)))
                .hasValueSatisfying(verdict -> assertThat(verdict.reason()).isEqualTo(reason))
                .hasValueSatisfying(verdict -> assertThat(verdict.certain()).isEqualTo(certain));
    }
}
