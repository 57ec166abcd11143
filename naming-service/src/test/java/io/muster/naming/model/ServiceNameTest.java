package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** nacos-v1-http.md §1.1: the rewriting of names. */
class ServiceNameTest {

    @ParameterizedTest
    @CsvSource({
        "'', '', a, public, DEFAULT_GROUP, a",
        "' ', ' ', ' a ', public, DEFAULT_GROUP, a",
        "dev, g, a, dev, g, a",
        "dev, '', g@@a, dev, g, a",
        "dev, ignored, g@@a, dev, g, a",
        "dev, g, a@b, dev, g, a@b",
        "dev, g, h@@@b, dev, h, @b",
    })
    void of_takesGroupFromNameOrParameter(
            String namespace, String group, String service, String isNamespace, String isGroup, String isName) {
        assertThat(ServiceName.of(namespace, group, service)).isEqualTo(new ServiceName(isNamespace, isGroup, isName));
    }

    @ParameterizedTest
    @ValueSource(strings = {"g@@", "g@@a@@b", "@@a", "g@@@@a"})
    void of_malformedName_isRefused(String service) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceName.of("", "", service))
                .withMessageStartingWith("Param 'serviceName' is illegal");
    }

    @Test
    void of_namespaceWithSeparator_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ServiceName.of("a#b", "", "s"));
    }

    @Test
    void longNames_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceName.of("", "", "a".repeat(Limits.SERVICE_NAME_CHARS_MAX + 1)))
                .withMessageContaining("too long");
        assertThatCode(() -> ServiceName.of("", "", "a".repeat(Limits.SERVICE_NAME_CHARS_MAX)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "com.acme.Orders:1.0", "a_b-c.d:e@f", "A9"})
    void requireLegal_namesThatServicesBear_pass(String name) {
        assertThatCode(() -> ServiceName.of("", "", name).requireLegal()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a$b", "bäh", "a%b", "a;b", "a?b", "a[b", "a`b"})
    void requireLegal_otherCharacters_areRefusedWithTheName(String name) {
        ServiceName service = ServiceName.of("", "", name);

        assertThatIllegalArgumentException()
                .isThrownBy(service::requireLegal)
                .withMessage("dom name can only have these characters: 0-9a-zA-Z-._:, current: DEFAULT_GROUP@@" + name);
    }

    /** No two names may share a key group, or one service would own another's instances. */
    @Test
    void keyGroup_isReadBackAsTheSameName() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            ServiceName name;
            try {
                name = new ServiceName(word(random), word(random), word(random));
            } catch (IllegalArgumentException refused) {
                continue;
            }
            assertThat(ServiceName.ofKeyGroup(name.keyGroup())).isEqualTo(name);
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            word.append("@#ab".charAt(random.nextInt(4)));
        }
        return word.toString();
    }

    @Test
    void order_isThatOfGroupedNames() {
        List<ServiceName> names = new ArrayList<>();
        for (String group : List.of("a", "a-b", "aa", "B", "a.b")) {
            for (String name : List.of("x", "a", "z-1")) {
                names.add(new ServiceName("n", group, name));
            }
        }
        List<ServiceName> byText = new ArrayList<>(names);
        byText.sort(Comparator.comparing(ServiceName::grouped));

        names.sort(Comparator.naturalOrder());

        assertThat(names).isEqualTo(byText);
    }
}
