package io.muster.member.channel;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Deflate (RFC 1951) of one fragment at a time, bounded in both directions. One for each channel: its state is some 300 KB outside the heap.
 * Fast rather than tight: the fragments of a frame share an event loop with heartbeats.
 */
final class Compression implements AutoCloseable {

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final Inflater inflater = new Inflater(true);

    /**
     * Compresses {@code source[from, to)} into {@code target} from {@code at} on, which has room for as many bytes.
     *
     * @return bytes written; -1 if that does not save an eighth, and then the target's bytes are undefined
     */
    int deflate(byte[] source, int from, int to, byte[] target, int at) {
        int length = to - from;
        int worthwhile = length - length / 8;
        deflater.reset();
        deflater.setInput(source, from, length);
        deflater.finish();
        int written = deflater.deflate(target, at, worthwhile);
        return deflater.finished() ? written : -1;
    }

    /** Whether all of the source decompresses to exactly as many bytes as the target has; never writes more. */
    boolean inflate(ByteBuffer source, byte[] target) {
        inflater.reset();
        inflater.setInput(source);
        try {
            int written = 0;
            while (written < target.length) {
                int step = inflater.inflate(target, written, target.length - written);
                if (step == 0) {
                    return false;
                }
                written += step;
            }
            // The end mark may still stand in the input; a stream that goes on gives a byte here.
            boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
            return !more && inflater.finished() && inflater.getRemaining() == 0;
        } catch (DataFormatException malformed) {
            return false;
        }
    }

    /** Gives the memory outside the heap back. */
    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
