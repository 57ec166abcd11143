package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.v1.Call.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that an admin declared to hold one kind of instance only (docs/decisions/0035). */
class InstanceKindContractTest {

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Response declare(String kind) {
        return server.post("/v1/ns/service")
                .with("serviceName", "a", "metadata", "preserved.instance.kind=" + kind)
                .send();
    }

    private Response update(String kind) {
        return server.put("/v1/ns/service")
                .with("serviceName", "a", "protectThreshold", 0, "metadata", "preserved.instance.kind=" + kind)
                .send();
    }

    private Response register(boolean ephemeral) {
        return server.post("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "ephemeral", ephemeral)
                .send();
    }

    private static void assertText(Response response, int status, String body) {
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"ephemeral,true", "persistent,false"})
    void theOtherKindIsRefused(String kind, boolean ephemeral) {
        declare(kind);
        assertText(register(ephemeral), 200, "ok");
        assertText(register(!ephemeral), 400, "service DEFAULT_GROUP@@a holds " + kind + " instances only");
    }

    /** PUT registers, too, where its caller is no Java client. */
    @Test
    void neitherDoesAnUpdateBringTheOtherKind() {
        declare("persistent");
        assertThat(server.put("/v1/ns/instance")
                        .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                        .send())
                .matches(r -> r.status() == 400 && r.body().contains("persistent instances only"));
    }

    /** 20404 would make the client register, be refused, and beat again, for ever. */
    @Test
    void aBeatOfTheRefusedKindIsRefused_lightOrFull() {
        declare("persistent");
        Call beat = server.put("/v1/ns/instance/beat").with("serviceName", "a", "ip", "10.0.0.1", "port", 8080);
        assertText(beat.send(), 400, "service DEFAULT_GROUP@@a holds persistent instances only");
        assertText(
                beat.form("beat", "{\"ip\":\"10.0.0.1\",\"port\":8080,\"serviceName\":\"a\"}")
                        .send(),
                400,
                "service DEFAULT_GROUP@@a holds persistent instances only");
    }

    /** The conversion is not done for anybody: what is there must be deregistered first. */
    @ParameterizedTest
    @CsvSource({"ephemeral,false,persistent", "persistent,true,ephemeral"})
    void aKindIsRefusedWhileInstancesOfTheOtherAreThere(String kind, boolean ephemeral, String other) {
        register(ephemeral);
        assertThat(update(kind))
                .matches(r -> r.status() == 400 && r.body().contains("deregister the 1 " + other + " ones first"));
        server.delete("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "ephemeral", ephemeral)
                .send();
        assertText(update(kind), 200, "ok");
    }

    @Test
    void withoutTheWord_bothKindsAreTaken() {
        declare("ephemeral");
        server.put("/v1/ns/service")
                .with("serviceName", "a", "protectThreshold", 0)
                .send();
        assertText(register(true), 200, "ok");
        assertText(register(false), 200, "ok");
    }

    @Test
    void anotherWordIsRefused() {
        assertThat(declare("both"))
                .matches(r -> r.status() == 400 && r.body().contains("'preserved.instance.kind' must be"));
        server.post("/v1/ns/service").with("serviceName", "a").send();
        assertThat(update("EPHEMERAL").status()).isEqualTo(400);
    }
}
