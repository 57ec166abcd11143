package io.muster.distro.core;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.muster.consistency.Datum;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;

/** The hashes that all nodes must compute alike: XXH3 of names, values and records. A change here is a change of the wire format (R32). */
public final class RecordDigest {

    private static final Hasher64 XXH3 = Hashing.xxh3_64();

    private RecordDigest() {}

    /** Hash of a value's canonical encoding. */
    public static long ofValue(byte[] encoded) {
        return XXH3.hashBytesToLong(encoded);
    }

    static long ofName(String name) {
        return XXH3.hashCharsToLong(name);
    }

    /** Over id, version, mark and value hash. The group is not in it: {@link DigestTree} mixes it in once for all its records. */
    static long ofRecord(Datum<?> datum, long valueHash) {
        Version.Hybrid version = (Version.Hybrid) datum.version();
        Origin origin = version.origin();
        long who = XXH3.hashLongLongLongToLong(origin.nodeIdHigh(), origin.nodeIdLow(), origin.runId());
        long when = XXH3.hashLongLongLongToLong(version.clock(), who, Stamp.rankOf(datum.mark()));
        return XXH3.hashLongLongLongToLong(ofName(datum.key().id()), when, valueHash);
    }

    static long mix(long first, long second) {
        return XXH3.hashLongLongToLong(first, second);
    }

    static long mix(long first, long second, long third) {
        return XXH3.hashLongLongLongToLong(first, second, third);
    }
}
