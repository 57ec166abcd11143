package io.muster.naming.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBytesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "\"\\/", "\n\t\0\u001f\u007f", "ünï", "漢字", "😀a", "\u2028"})
    void text_isReadBackByAParser(String text) throws IOException {
        assertThat(JSON.readValue(new JsonBytes(0).text(text).toByteArray(), String.class))
                .isEqualTo(text);
    }

    /** Any chars at all, halves of pairs too: what comes out is always JSON in UTF-8. */
    @Test
    void text_ofRandomChars_isReadBackByAParser() throws IOException {
        Random random = new Random(17);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(8);
            for (int j = 0; j < length; j++) {
                text.append((char) (random.nextBoolean() ? 0xd7f0 + random.nextInt(0x820) : random.nextInt(0x100)));
            }
            byte[] json = new JsonBytes(0).text(text.toString()).toByteArray();
            assertThat(JSON.readValue(json, String.class)).isEqualTo(text.toString());
        }
    }
}
