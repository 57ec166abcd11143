package io.muster.raft;

import io.muster.consistency.Codec;
import java.nio.charset.StandardCharsets;

/** Texts as values. */
public final class Texts implements Codec<String> {

    public static final Texts CODEC = new Texts();

    private Texts() {}

    @Override
    public byte[] encode(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
