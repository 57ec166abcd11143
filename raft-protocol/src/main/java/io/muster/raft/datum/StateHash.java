package io.muster.raft.datum;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.muster.consistency.Key;

/**
 * Hashes for the state digest (design §4, "State digest"): the digest is the sum of one hash for each element of the state, so each change
 * costs a subtraction and an addition, and the order of walking does not matter. XXH3 over canonical bytes: equal on every platform.
 *
 * <p>It finds accidents, not forgers: peers are trusted members.
 */
final class StateHash {

    /** Of the way in which the digest is made; nodes compare digests only of one format. */
    static final int FORMAT = 1;

    private static final Hasher64 XXH3 = Hashing.xxh3_64();

    private StateHash() {}

    static long ofValue(byte[] encoded) {
        return XXH3.hashBytesToLong(encoded);
    }

    static long ofDatum(Key key, long version, long valueHash) {
        return XXH3.hashStream()
                .putString(key.group())
                .putString(key.id())
                .putLong(version)
                .putLong(valueHash)
                .getAsLong();
    }

    static long ofRequest(RequestId request, RequestTable.Answer answer) {
        return XXH3.hashStream()
                .putLong(request.node().high())
                .putLong(request.node().low())
                .putLong(request.runId())
                .putLong(request.sequence())
                .putLong(answer.index())
                .putInt(answer.conflict())
                .getAsLong();
    }
}
