package io.muster.distro;

import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.SnapshotChunk;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A part of all that an engine holds.
 *
 * @param total how many records and tombstones there are in all
 * @param next where the next page begins; empty after the last one
 */
public record DistroPage<V>(List<DistroRecord<V>> records, long total, Optional<Place> next) {

    public DistroPage {
        records = List.copyOf(records);
    }

    /** A place in the order of hashes; as text 32 hex digits. */
    public record Place(long groupHash, long idHash) {

        private static final int HEX_DIGITS = 32;

        /** @throws IllegalArgumentException if the text is no place */
        public static Place parse(String text) {
            if (text.length() != HEX_DIGITS) {
                throw new IllegalArgumentException("a place has " + HEX_DIGITS + " hex digits: '" + text + "'");
            }
            return new Place(
                    HexFormat.fromHexDigitsToLong(text, 0, HEX_DIGITS / 2),
                    HexFormat.fromHexDigitsToLong(text, HEX_DIGITS / 2, HEX_DIGITS));
        }

        Cursor cursor() {
            return new Cursor(groupHash, idHash);
        }

        @Override
        public String toString() {
            return HexFormat.of().toHexDigits(groupHash) + HexFormat.of().toHexDigits(idHash);
        }
    }

    static <V> DistroPage<V> of(SnapshotChunk<V> chunk) {
        return new DistroPage<>(
                chunk.records(),
                chunk.total(),
                chunk.next().map(cursor -> new Place(cursor.groupHash(), cursor.idHash())));
    }
}
