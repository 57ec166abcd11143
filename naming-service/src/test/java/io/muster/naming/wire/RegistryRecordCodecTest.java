package io.muster.naming.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.model.WordStamp;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryRecordCodecTest {

    private static final RegistryRecordCodec CODEC = new RegistryRecordCodec();
    private static final Instance PLAIN = Instance.ephemeral(new InstanceKey("10.0.0.1", 8080, "DEFAULT"));
    private static final Metadata TEXTS = Metadata.of(Map.of("a", "1", "ünï", "😀", "empty", ""));

    private static final Overlay SAID = new Overlay(
                    Optional.of(0.5), Optional.of(true), Optional.of(MetadataEdit.put(TEXTS)))
            .saidAs(new WordStamp(7, 1_700_000_000_000L, "alice"));

    private static final Overlay UPON = new Overlay(Optional.empty(), Optional.of(false), Optional.empty())
            .saidAs(new WordStamp(9, 1_700_000_000_001L, "bob"))
            .saidUpon(SAID);

    static List<RegistryRecord> records() {
        return List.of(
                PLAIN,
                PLAIN.withNumber(0),
                PLAIN.withNumber(Integer.MAX_VALUE),
                PLAIN.withWeight(0.01)
                        .withEnabled(false)
                        .withHealthy(false)
                        .withMetadata(TEXTS)
                        .withApp("shop"),
                Instance.of(new InstanceKey("[fe80::1]", 0, "C-1"), false),
                ServiceDefinition.DEFAULT,
                new ServiceDefinition(-1, TEXTS, Selector.of("label", "CONSUMER.label.a=PROVIDER.label.a")),
                ClusterDefinition.DEFAULT,
                new ClusterDefinition(new HealthChecker.Http("/x", "a:b|c:d", 200), 81, false, TEXTS),
                new ClusterDefinition(new HealthChecker.Http("/x", "", 200, "200-299,401"), 81, false, TEXTS),
                new ClusterDefinition(new HealthChecker.Mysql("u", "p", "select 1"), 3306, true, Metadata.EMPTY),
                new ClusterDefinition(new HealthChecker.Mysql("u", "p", "", true), 3306, true, Metadata.EMPTY),
                new ClusterDefinition(HealthChecker.NONE, 65_535, true, Metadata.EMPTY),
                new Overlay(Optional.empty(), Optional.empty(), Optional.empty()),
                new Overlay(Optional.of(2.5), Optional.of(false), Optional.of(MetadataEdit.replace(TEXTS))),
                Overlay.ofMetadata(new MetadataEdit(false, TEXTS, List.of("x", "y"))),
                SAID,
                SAID.absentSince(1_700_000_000_000L),
                Overlay.reset().saidAs(new WordStamp(Long.MAX_VALUE, 0, "")),
                PLAIN.withWord(Optional.of(SAID)),
                PLAIN.withWord(Optional.of(UPON)),
                PLAIN.withNumber(3).withWord(Optional.of(Overlay.reset())),
                new Health(true, "", 0),
                new Health(false, "HTTP 503", Long.MAX_VALUE),
                new NamespaceDefinition("dev", "Development", "für alle", TEXTS),
                SwitchSettings.DEFAULT,
                SwitchSettings.DEFAULT.with("pushCacheMillis", "20000").with("limitedUrlMap", "/a:403"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void decode_ofEncoded_isTheSame(RegistryRecord record) {
        assertThat(CODEC.decode(CODEC.encode(record))).isEqualTo(record);
    }

    /** Digests are taken over bytes: a record must have one encoding only. */
    @ParameterizedTest
    @MethodSource("records")
    void encode_isCanonical(RegistryRecord record) {
        byte[] bytes = CODEC.encode(record);

        assertThat(new RegistryRecordCodec().encode(CODEC.decode(bytes))).isEqualTo(bytes);
    }

    /** The format stands in logs and snapshots of other releases: it changes only with its version. */
    @Test
    void encode_plainInstance_hasTheseBytes() {
        assertThat(HexFormat.of().formatHex(CODEC.encode(PLAIN)))
                .isEqualTo("0101" + "17" + "08" + "31302e302e302e31" + "903f" + "07" + "44454641554c54" + "00" + "07"
                        + "44454641554c54");
    }

    /** Those that say nothing of operators' unstored words are stored by every release: their bytes stay. */
    @Test
    void encode_overlayOfFieldsAlone_hasTheseBytes() {
        Overlay overlay =
                new Overlay(Optional.of(2.5), Optional.of(false), Optional.of(MetadataEdit.remove(List.of("a"))));

        assertThat(HexFormat.of().formatHex(CODEC.encode(overlay)))
                .isEqualTo("0104" + "07" + "4004000000000000" + "00" + "00" + "00" + "01" + "0161");
        assertThat(HexFormat.of().formatHex(CODEC.encode(SAID.absentSince(1))))
                .startsWith("0104" + "2f")
                .endsWith("07" + "80d095ffbc31" + "05616c696365" + "01");
    }

    @Test
    void encode_health_hasTheseBytes() {
        assertThat(HexFormat.of().formatHex(CODEC.encode(new Health(false, "refused", 300))))
                .isEqualTo("0107" + "00" + "07" + "72656675736564" + "ac02");
    }

    @Test
    void encode_wordOfAnOperator_followsTheInstance() {
        String plain = HexFormat.of().formatHex(CODEC.encode(PLAIN));
        String word = HexFormat.of().formatHex(CODEC.encode(SAID));

        assertThat(HexFormat.of().formatHex(CODEC.encode(PLAIN.withWord(Optional.of(SAID)))))
                .isEqualTo("0101" + "37" + plain.substring(6) + word.substring(4));
    }

    /** Members that read the second format alone are sent none (R32): a word that carries no other has the bytes that it always had. */
    @Test
    void encode_wordUponAnother_isFollowedByThat() {
        Overlay left = new Overlay(SAID.weight(), Optional.empty(), SAID.metadata()).saidAs(SAID.said());

        assertThat(HexFormat.of().formatHex(CODEC.encode(UPON)))
                .isEqualTo("0104" + "4a" + "00" + "09" + "81d095ffbc31" + "03626f62"
                        + HexFormat.of().formatHex(CODEC.encode(left)).substring(4));
    }

    /** Else bytes would say how deep a reader calls itself. */
    @Test
    void decode_ofTooManyWordsUponOneAnother_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CODEC.decode(HexFormat.of().parseHex("0104" + "50".repeat(1_000))))
                .withMessageContaining("unknown flags");
    }

    @ParameterizedTest
    @MethodSource("records")
    void decode_everyShorterForm_isRefusedWithItsOffset(RegistryRecord record) {
        byte[] bytes = CODEC.encode(record);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CODEC.decode(cut))
                    .withMessageStartingWith("registry record at offset ");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CODEC.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .withMessageContaining("left over");
    }

    /** Damaged bytes are refused, or are some other record that stands every check; nothing else may happen. */
    @Test
    void decode_damagedBytes_isRefusedOrAnotherRecord() {
        Random random = new Random(23);
        List<RegistryRecord> records = records();
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = CODEC.encode(records.get(random.nextInt(records.size())));
            int flips = 1 + random.nextInt(3);
            for (int flip = 0; flip < flips; flip++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                RegistryRecord other = CODEC.decode(bytes);
                assertThat(CODEC.decode(CODEC.encode(other))).isEqualTo(other);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void decode_randomBytes_isRefused() {
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 1) {
                bytes[0] = 1;
                bytes[1] = (byte) (1 + random.nextInt(7));
            }
            try {
                assertThat(CODEC.decode(bytes)).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("registry record at offset ");
            }
        }
    }

    @Test
    void decode_sharesRepeatedNames() {
        Instance one = (Instance) CODEC.decode(CODEC.encode(named("10.0.0.1")));
        Instance other = (Instance) CODEC.decode(CODEC.encode(named("10.0.0.2")));

        assertThat(one.cluster()).isSameAs(other.cluster());
        assertThat(one.app()).isSameAs(other.app());
    }

    private static Instance named(String ip) {
        return Instance.ephemeral(new InstanceKey(ip, 80, "blue")).withApp("shop");
    }
}
