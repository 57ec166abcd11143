package io.muster.distro.core;

import io.muster.consistency.Codec;
import java.nio.charset.StandardCharsets;

/** Values that are text. */
public final class TextCodec implements Codec<String> {

    @Override
    public byte[] encode(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
