package io.muster.naming.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParamTest {

    private static final Param<Integer> PORT = Param.integer("port", 0, 65_535, "80");

    private enum Colour {
        RED,
        GREEN
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "yes", "on", "y", "t", "1"})
    void word_readsTheWordsOfCommonsLangAsTrue(String text) {
        assertThat(Param.word("enabled").read(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "no", "0", "2", "<b>"})
    void word_readsAllElseAsFalse(String text) {
        assertThat(Param.word("enabled").read(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "1", "truefalse"})
    void flag_takesNothingButTrueAndFalse(String text) {
        assertThat(Param.flag("debug").read("True")).isTrue();
        assertThat(Param.flag("debug").read("false")).isFalse();
        assertThatThrownBy(() -> Param.flag("debug").read(text)).hasMessageContaining("'debug'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "80.5", "0x50", "NaN", "99999999999999999999", "８０a"})
    void integer_outOfBoundsOrNone_isRefusedByName(String text) {
        assertThatThrownBy(() -> PORT.read(text)).isInstanceOf(Refusal.class).hasMessageContaining("Param 'port'");
    }

    @Test
    void integer_keepsTheWordsOfNacos() {
        assertThatThrownBy(() -> PORT.read("abc")).hasMessageContaining("For input string: \"abc\"");
    }

    @Test
    void choice_readsAnyCaseAndListsTheWords() {
        Param<Colour> colour = Param.choice("colour", Colour.class);
        assertThat(colour.read("Green")).isEqualTo(Colour.GREEN);
        assertThatThrownBy(() -> colour.read("blue"))
                .hasMessageContaining("colour")
                .hasMessageContaining("red, green");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\nb", "\u0000", "a\u0085"})
    void text_isOneLine(String text) {
        assertThatThrownBy(() -> Param.text("name", 9, "a").read(text))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("'name'");
    }

    @Test
    void tooLong_isRefusedBeforeItIsRead() {
        Param<String> text = Param.text("name", 4, "abc", value -> {
            throw new AssertionError("must not be read: " + value);
        });
        assertThatThrownBy(() -> text.read("abcde"))
                .isInstanceOf(Refusal.class)
                .hasMessage("Param 'name' is too long: 5 characters, at most 4 are allowed");
    }

    @Test
    void required_saysSoInTheWordsOfEitherBinding() {
        assertThat(PORT.isRequired()).isFalse();
        assertThat(PORT.required().missing()).isEqualTo("Param 'port' is required.");
        assertThat(PORT.requiredBySpring().missing()).isEqualTo("Parameter 'port' is missing");
    }

    @Test
    void refusalsShowLongValuesInPart() {
        assertThat(Param.shown("x".repeat(65))).hasSize(65).endsWith("…");
    }
}
