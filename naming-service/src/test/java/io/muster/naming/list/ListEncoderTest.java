package io.muster.naming.list;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.consistency.Mark;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.registry.RegistryFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The body that clients read (nacos-v1-http.md §0, §3.2), field by field. */
class ListEncoderTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryFixture fixture = new RegistryFixture();

    private String text(String clusters, boolean healthyOnly, NameForm names) {
        return new String(
                ListEncoder.encode(fixture.orders(), clusters, healthyOnly, names, 3_000, ""), StandardCharsets.UTF_8);
    }

    private JsonNode list(String clusters, boolean healthyOnly) throws IOException {
        return JSON.readTree(text(clusters, healthyOnly, NameForm.GROUPED));
    }

    private static List<String> ips(JsonNode list) {
        List<String> ips = new ArrayList<>();
        list.get("hosts").forEach(host -> ips.add(host.get("ip").textValue()));
        return ips;
    }

    @Test
    void body_hasEveryFieldWithItsType() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("zone", "a\"b")));
        long changed = fixture.orders().changedAtMillis();

        assertThat(text("", false, NameForm.GROUPED)
                        .replaceFirst("\"checksum\":\"[0-9a-f]{32}\"", "\"checksum\":\"*\""))
                .isEqualTo("{\"hosts\":[{\"ip\":\"10.0.0.1\",\"port\":8080,\"valid\":true,\"healthy\":true,"
                        + "\"marked\":false,\"instanceId\":\"10.0.0.1#8080#DEFAULT#DEFAULT_GROUP@@orders\","
                        + "\"metadata\":{\"zone\":\"a\\\"b\"},\"enabled\":true,\"weight\":1.0,"
                        + "\"clusterName\":\"DEFAULT\",\"serviceName\":\"DEFAULT_GROUP@@orders\",\"ephemeral\":true}],"
                        + "\"dom\":\"DEFAULT_GROUP@@orders\",\"name\":\"DEFAULT_GROUP@@orders\",\"cacheMillis\":3000,"
                        + "\"lastRefTime\":" + changed + ",\"checksum\":\"*\",\"useSpecifiedURL\":false,"
                        + "\"clusters\":\"\",\"env\":\"\",\"metadata\":{}}");
    }

    @Test
    void names_areBareForOtherClients_butNameStaysGrouped() throws IOException {
        fixture.register(FIRST);

        JsonNode list = JSON.readTree(text("", false, NameForm.BARE));

        assertThat(list.get("dom").textValue()).isEqualTo("orders");
        assertThat(list.get("hosts").get(0).get("serviceName").textValue()).isEqualTo("orders");
        assertThat(list.get("name").textValue()).isEqualTo("DEFAULT_GROUP@@orders");
        assertThat(list.get("hosts").get(0).get("instanceId").textValue()).endsWith("#DEFAULT_GROUP@@orders");
    }

    /** Clients find their cache entry by the text that they sent. */
    @Test
    void clusters_areChosenAndEchoedToTheLetter() throws IOException {
        fixture.register(new InstanceKey("10.0.0.1", 80, "blue"));
        fixture.register(new InstanceKey("10.0.0.2", 80, "green"));
        fixture.register(new InstanceKey("10.0.0.3", 80, "red"));

        JsonNode list = list("green, blue,none,", false);

        assertThat(ips(list)).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(list.get("clusters").textValue()).isEqualTo("green, blue,none,");
        assertThat(ips(list("none", false))).isEmpty();
    }

    @Test
    void disabledInstances_areNotListed() throws IOException {
        fixture.register(Instance.ephemeral(FIRST).withEnabled(false));
        fixture.register(SECOND);

        assertThat(ips(list("", false))).containsExactly("10.0.0.2");
    }

    @Test
    void healthyOnly_dropsTheUnhealthy() throws IOException {
        fixture.register(FIRST);
        fixture.register(SECOND);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        assertThat(ips(list("", true))).containsExactly("10.0.0.2");
        assertThat(list("", false).get("hosts").get(0).get("healthy").booleanValue())
                .isFalse();
        assertThat(list("", false).get("hosts").get(0).get("valid").booleanValue())
                .isFalse();
        assertThat(list("", false).has("reachProtectThreshold")).isFalse();
    }

    /** R73, X22: all sick means that our checks are sick; but true health is shown beside the protected answer. */
    @Test
    void protection_showsAllAsHealthyAndTrueHealthBeside() throws IOException {
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        JsonNode list = list("", true);

        assertThat(list.get("reachProtectThreshold").booleanValue()).isTrue();
        assertThat(list.get("hosts").get(0).get("healthy").booleanValue()).isTrue();
        assertThat(list.get("hosts").get(0).get("valid").booleanValue()).isTrue();
        assertThat(list.get("hosts").get(0).get("trueHealthy").booleanValue()).isFalse();
    }

    /** X22. */
    @Test
    void protection_switchedOff_hidesTheSick() throws IOException {
        await(fixture.registry
                .services()
                .create(
                        ORDERS,
                        new ServiceDefinition(ServiceDefinition.PROTECTION_OFF, Metadata.EMPTY, Selector.NONE),
                        ALICE));
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);

        assertThat(ips(list("", true))).isEmpty();
        assertThat(list("", false).get("hosts").get(0).get("healthy").booleanValue())
                .isFalse();
    }

    /** The share is taken over the chosen clusters, disabled instances included. */
    @Test
    void protection_countsChosenClustersWithTheirDisabledInstances() throws IOException {
        await(fixture.registry
                .services()
                .create(ORDERS, new ServiceDefinition(0.5, Metadata.EMPTY, Selector.NONE), ALICE));
        InstanceKey sick = new InstanceKey("10.0.0.1", 80, "blue");
        fixture.register(sick);
        fixture.register(
                Instance.ephemeral(new InstanceKey("10.0.0.2", 80, "blue")).withEnabled(false));
        fixture.register(new InstanceKey("10.0.0.3", 80, "green"));
        fixture.consistency.mark(ephemeralKey(sick), Mark.UNHEALTHY);

        assertThat(list("blue", false).has("reachProtectThreshold")).isTrue();
        assertThat(list("", false).has("reachProtectThreshold")).isFalse();
    }

    @Test
    void serviceMetadataAndEnv_areShown() throws IOException {
        await(fixture.registry
                .services()
                .create(ORDERS, new ServiceDefinition(0, metadata("a", "b"), Selector.NONE), ALICE));

        JsonNode list =
                JSON.readTree(ListEncoder.encode(fixture.orders(), "", false, NameForm.GROUPED, 10_000, "prod"));

        assertThat(list.get("metadata")).isEqualTo(JSON.valueToTree(Map.of("a", "b")));
        assertThat(list.get("env").textValue()).isEqualTo("prod");
        assertThat(list.get("cacheMillis").longValue()).isEqualTo(10_000);
        assertThat(list.get("hosts")).isEmpty();
    }

    @Test
    void unknownService_hasNoHosts() {
        assertThat(new String(ListEncoder.unknown(ORDERS, "c1", 3_000), StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"DEFAULT_GROUP@@orders\",\"clusters\":\"c1\",\"cacheMillis\":3000,"
                        + "\"lastRefTime\":0,\"hosts\":[]}");
    }
}
