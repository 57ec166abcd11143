package io.muster.distro.wire;

import io.muster.consistency.Change;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.DistroRecord.Buried;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Stamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parts that messages are made of: keys, versions, records, changes. */
final class RecordCodec<V> {

    static final int KEY_BYTES_MIN = 4;
    static final int VERSION_BYTES = 32;
    static final int RECORD_BYTES_MIN = 1 + KEY_BYTES_MIN + VERSION_BYTES + 2;
    static final int CHANGE_BYTES_MIN = 1 + KEY_BYTES_MIN + 2;

    private static final int HELD = 1;
    private static final int BURIED = 2;
    private static final int PUT = 1;
    private static final int REMOVE = 2;
    private static final int EDIT = 3;
    private static final int ALWAYS = 0;
    private static final int ABSENT = 1;
    private static final int PRESENT = 2;
    private static final int VERSION_IS = 3;

    /** A million versions come from a handful of processes: past this many each gets an object of its own. */
    private static final int ORIGINS_MAX = 1_024;

    /** Of a change without its key's texts and its value. */
    private static final int CHANGE_BYTES = 128;

    private final Codec<V> values;
    private final Map<Origin, Origin> origins = new LinkedHashMap<>();

    RecordCodec(Codec<V> values) {
        this.values = values;
    }

    long bytesOf(List<Change<V>> changes) {
        long bytes = 0;
        for (Change<V> change : changes) {
            Key key = change.key();
            bytes += CHANGE_BYTES + key.group().length() + key.id().length();
            bytes += change instanceof Change.Put<V> put ? values.encode(put.value()).length : 0;
        }
        return bytes;
    }

    void key(ByteWriter out, Key key) {
        out.text(key.group());
        out.text(key.id());
    }

    Key key(ByteReader in) {
        return Key.ephemeral(in.text(), in.text());
    }

    void version(ByteWriter out, Version.Hybrid version) {
        out.int64(version.clock());
        out.int64(version.origin().nodeIdHigh());
        out.int64(version.origin().nodeIdLow());
        out.int64(version.origin().runId());
    }

    Version.Hybrid version(ByteReader in) {
        long clock = in.int64();
        Origin origin = new Origin(in.int64(), in.int64(), in.int64());
        Origin known = origins.get(origin);
        if (known == null && origins.size() < ORIGINS_MAX) {
            origins.put(origin, origin);
        }
        return new Version.Hybrid(clock, known == null ? origin : known);
    }

    void stamp(ByteWriter out, Stamp stamp) {
        version(out, stamp.version());
        out.int8(stamp.rank());
        out.int64(stamp.valueHash());
    }

    Stamp stamp(ByteReader in) {
        Version.Hybrid version = version(in);
        int rank = in.int8();
        if (rank < 0 || rank > Stamp.TOMBSTONE_RANK) {
            throw in.malformed("no rank: " + rank);
        }
        return new Stamp(version, rank, in.int64());
    }

    void mark(ByteWriter out, Mark mark) {
        out.int8(
                switch (mark) {
                    case HEALTHY -> 0;
                    case UNHEALTHY -> 1;
                    case EXPIRED -> 2;
                });
    }

    Mark mark(ByteReader in) {
        int code = in.int8();
        return switch (code) {
            case 0 -> Mark.HEALTHY;
            case 1 -> Mark.UNHEALTHY;
            case 2 -> Mark.EXPIRED;
            default -> throw in.malformed("no mark: " + code);
        };
    }

    void record(ByteWriter out, DistroRecord<V> record) {
        if (record instanceof Held<V> held) {
            out.int8(HELD);
            key(out, held.key());
            version(out, held.version());
            mark(out, held.datum().mark());
            lease(out, held.lease());
            out.bytes(values.encode(held.datum().value()));
        } else if (record instanceof Buried<V> buried) {
            out.int8(BURIED);
            key(out, buried.key());
            version(out, buried.version());
            cause(out, buried.cause());
            out.size(Math.max(0, buried.lifeMillis()));
        }
    }

    DistroRecord<V> record(ByteReader in) {
        int kind = in.int8();
        Key key = key(in);
        Version.Hybrid version = version(in);
        return switch (kind) {
            case HELD -> {
                Mark mark = mark(in);
                Lease lease = lease(in);
                yield new Held<>(new Datum<>(key, version, mark, values.decode(in.bytes())), lease);
            }
            case BURIED -> new Buried<>(key, version, cause(in), in.size());
            default -> throw in.malformed("no kind of record: " + kind);
        };
    }

    void change(ByteWriter out, Change<V> change) {
        if (change instanceof Change.Put<V> put) {
            out.int8(put.keepsSession() ? EDIT : PUT);
            key(out, put.key());
            condition(out, put.condition());
            lease(out, put.lease().orElseThrow());
            out.bytes(values.encode(put.value()));
        } else if (change instanceof Change.Remove<V> remove) {
            out.int8(REMOVE);
            key(out, remove.key());
            condition(out, remove.condition());
            cause(out, remove.cause());
        }
    }

    Change<V> change(ByteReader in) {
        int kind = in.int8();
        Key key = key(in);
        Condition condition = condition(in);
        return switch (kind) {
            case PUT, EDIT -> {
                Lease lease = lease(in);
                yield new Change.Put<>(key, values.decode(in.bytes()), Optional.of(lease), condition, kind == EDIT);
            }
            case REMOVE -> new Change.Remove<>(key, cause(in), condition);
            default -> throw in.malformed("no kind of change: " + kind);
        };
    }

    private void condition(ByteWriter out, Condition condition) {
        if (condition instanceof Condition.VersionIs is) {
            out.int8(VERSION_IS);
            version(out, (Version.Hybrid) is.version());
        } else if (condition instanceof Condition.Absent) {
            out.int8(ABSENT);
        } else if (condition instanceof Condition.Present) {
            out.int8(PRESENT);
        } else {
            out.int8(ALWAYS);
        }
    }

    private Condition condition(ByteReader in) {
        int code = in.int8();
        return switch (code) {
            case ALWAYS -> Condition.ALWAYS;
            case ABSENT -> Condition.ABSENT;
            case PRESENT -> Condition.PRESENT;
            case VERSION_IS -> Condition.versionIs(version(in));
            default -> throw in.malformed("no condition: " + code);
        };
    }

    private static void lease(ByteWriter out, Lease lease) {
        out.size(lease.unhealthyAfterMillis());
        out.size(lease.removeAfterMillis());
    }

    private static Lease lease(ByteReader in) {
        return new Lease(in.size(), in.size());
    }

    private static void cause(ByteWriter out, Removal cause) {
        out.int8(
                switch (cause) {
                    case CLIENT -> 0;
                    case OPERATOR -> 1;
                    case EXPIRED -> 2;
                    case HOUSEKEEPING -> 3;
                    case WHILE_AWAY -> 4;
                });
    }

    private static Removal cause(ByteReader in) {
        int code = in.int8();
        return switch (code) {
            case 0 -> Removal.CLIENT;
            case 1 -> Removal.OPERATOR;
            case 2 -> Removal.EXPIRED;
            case 3 -> Removal.HOUSEKEEPING;
            case 4 -> Removal.WHILE_AWAY;
            default -> throw in.malformed("no cause: " + code);
        };
    }
}
