package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes numbers, texts and bytes into a growing array. */
public final class ByteWriter {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int size;

    public ByteWriter(int sizeExpected) {
        bytes = new byte[sizeExpected];
    }

    public int size() {
        return size;
    }

    public ByteWriter putByte(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    public ByteWriter putInt(int value) {
        room(Integer.BYTES);
        INT.set(bytes, size, value);
        size += Integer.BYTES;
        return this;
    }

    public ByteWriter putLong(long value) {
        room(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
        return this;
    }

    public ByteWriter putNodeId(NodeId id) {
        return putLong(id.high()).putLong(id.low());
    }

    public ByteWriter putClusterId(ClusterId id) {
        return putLong(id.high()).putLong(id.low());
    }

    /** The bytes alone, without their length. */
    public ByteWriter putRaw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    /** Length, then the bytes. */
    public ByteWriter putBytes(byte[] value) {
        return putInt(value.length).putRaw(value);
    }

    /**
     * Length in bytes, then UTF-8.
     *
     * @throws IllegalArgumentException for half a surrogate pair: it has no encoding, and would read back as something else
     */
    public ByteWriter putText(String value) {
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean pair = Character.isHighSurrogate(unit)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException("half a surrogate pair at character " + i);
                }
                i++;
            }
        }
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Overwrites an int that was put before. */
    public void setInt(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    /** What it writes into, to be read up to {@link #size}; another one after the next put, perhaps. */
    public byte[] array() {
        return bytes;
    }

    /** The array itself where it is exactly full, else a copy. */
    public byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int) Math.min(2L * size, 1 << 30)));
        }
    }
}
