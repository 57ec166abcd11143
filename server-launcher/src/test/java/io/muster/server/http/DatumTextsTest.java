package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Key;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.wire.RegistryRecordCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatumTextsTest {

    private final DatumTexts texts = new DatumTexts(new RegistryRecordCodec());

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "namespaces dev namespaces/dev",
                "public##g@@a i/10.0.0.1:80:DEFAULT public##g@@a/i/10.0.0.1:80:DEFAULT",
                "a/b,c%d e/f,g%2F a%2Fb%2Cc%25d/e/f%2Cg%252F"
            })
    void key_isReadAsItIsWritten(String group, String id, String text) {
        Key key = Key.persistent(group, id);
        assertThat(DatumTexts.text(key))
                .isEqualTo(text)
                .satisfies(written -> assertThat(DatumTexts.key(written)).isEqualTo(key));
    }

    @Test
    void key_withoutASlash_isNone() {
        assertThatThrownBy(() -> DatumTexts.key("dev")).hasMessageContaining("GROUP/ID");
    }

    @Test
    void value_isReadAsItIsWritten() {
        RegistryRecord dev = new NamespaceDefinition("dev", "Dev", "", Metadata.EMPTY);
        assertThat(texts.value(Key.persistent("namespaces", "dev"), texts.text(dev)))
                .isEqualTo(dev);
    }

    /** What lies under a wrong key would be read as something else by the registry of every node. */
    @Test
    void value_underAKeyOfAnotherKind_isRefused() {
        String instance = texts.text(Instance.of(new InstanceKey("10.0.0.1", 80, "DEFAULT"), false));
        assertThat(texts.value(Key.persistent("public##g@@a", "i/10.0.0.1:80:DEFAULT"), instance))
                .isInstanceOf(Instance.class);
        for (Key wrong : new Key[] {
            Key.persistent("namespaces", "dev"),
            Key.persistent("public##g@@a", "service"),
            Key.persistent("public##g@@a", "cluster/x"),
            Key.persistent("public##g@@a", "overlay/10.0.0.1:80:DEFAULT"),
            Key.persistent("public##g@@a", "i/10.0.0.2:80:DEFAULT"),
            Key.persistent("public##g@@a", "anything"),
            Key.persistent("anything", "i/10.0.0.1:80:DEFAULT")
        }) {
            assertThatThrownBy(() -> texts.value(wrong, instance))
                    .as("%s", wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
