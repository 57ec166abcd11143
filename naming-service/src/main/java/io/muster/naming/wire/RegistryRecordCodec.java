package io.muster.naming.wire;

import com.github.benmanes.caffeine.cache.Interner;
import io.muster.consistency.Codec;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.model.WordStamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Records as bytes: format version, kind, then the fields in the order of the record. Numbers are variable-length
 * (seven bits a byte, low first), strings UTF-8 behind their length, weights eight bytes; maps go in key order. What is
 * left after the fields is an error. Fields that came with a later release stand behind the others and only where they
 * are set: a record that does not use them has the bytes that it always had.
 */
public final class RegistryRecordCodec implements Codec<RegistryRecord> {

    private static final int FORMAT = 1;

    // Bits of an instance's and an overlay's first byte.
    private static final int ENABLED = 1;
    private static final int HEALTHY = 2;
    private static final int EPHEMERAL = 4;
    private static final int NUMBERED = 8;
    private static final int DEFAULT_WEIGHT = 16;
    private static final int HAS_WORD = 32;
    private static final int HAS_WEIGHT = 1;
    private static final int HAS_ENABLED = 2;
    private static final int HAS_METADATA = 4;
    private static final int HAS_STAMP = 8;
    private static final int RESETS = 16;
    private static final int IS_ABSENT = 32;
    private static final int CARRIES_ANOTHER = 64;

    /** A checker's number; with a single code it has the number and the form that every version reads. */
    private static final int HTTP_OF_MANY_CODES = 4;

    /** Likewise, with the password for whoever asks. */
    private static final int MYSQL_OF_ANY_KEY = 5;

    /** Clusters and apps repeat a millionfold: each is held once. */
    private final Interner<String> names = Interner.newWeakInterner();

    @Override
    public int format() {
        return FORMAT;
    }

    @Override
    public byte[] encode(RegistryRecord value) {
        ByteSink out = new ByteSink();
        out.u8(FORMAT);
        out.u8(value.kind().number());
        switch (value.kind()) {
            case INSTANCE -> write(out, (Instance) value);
            case SERVICE -> write(out, (ServiceDefinition) value);
            case CLUSTER -> write(out, (ClusterDefinition) value);
            case OVERLAY -> write(out, (Overlay) value);
            case NAMESPACE -> write(out, (NamespaceDefinition) value);
            case SWITCHES -> writeMap(out, ((SwitchSettings) value).toTexts());
            case HEALTH -> write(out, (Health) value);
        }
        return out.toByteArray();
    }

    @Override
    public RegistryRecord decode(byte[] bytes) {
        ByteSource in = new ByteSource(bytes);
        try {
            int format = in.u8();
            if (format != FORMAT) {
                throw in.malformed("unknown format " + format);
            }
            RegistryRecord value = read(in);
            in.requireEnd();
            return value;
        } catch (ByteSource.MalformedException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            // A record's own constructor refused it.
            throw in.malformed(String.valueOf(e.getMessage()));
        }
    }

    private RegistryRecord read(ByteSource in) {
        int number = in.u8();
        for (RegistryRecord.Kind kind : RegistryRecord.Kind.values()) {
            if (kind.number() == number) {
                return switch (kind) {
                    case INSTANCE -> readInstance(in);
                    case SERVICE -> readService(in);
                    case CLUSTER -> readCluster(in);
                    case OVERLAY -> readOverlay(in);
                    case NAMESPACE -> new NamespaceDefinition(in.string(), in.string(), in.string(), readMetadata(in));
                    case SWITCHES -> SwitchSettings.ofTexts(readMap(in));
                    case HEALTH -> new Health(in.flags(1) == 1, in.string(), in.varlong());
                };
            }
        }
        throw in.malformed("unknown kind " + number);
    }

    private static void write(ByteSink out, Instance instance) {
        boolean defaultWeight = instance.weight() == Instance.DEFAULT_WEIGHT;
        boolean numbered = instance.number() != Instance.NOT_NUMBERED;
        out.u8((instance.enabled() ? ENABLED : 0)
                | (instance.healthy() ? HEALTHY : 0)
                | (instance.ephemeral() ? EPHEMERAL : 0)
                | (numbered ? NUMBERED : 0)
                | (defaultWeight ? DEFAULT_WEIGHT : 0)
                | (instance.word().isPresent() ? HAS_WORD : 0));
        out.string(instance.ip());
        out.varint(instance.port());
        out.string(instance.cluster());
        if (!defaultWeight) {
            out.f64(instance.weight());
        }
        write(out, instance.metadata());
        out.string(instance.app());
        if (numbered) {
            out.varint(instance.number());
        }
        instance.word().ifPresent(word -> write(out, word));
    }

    private Instance readInstance(ByteSource in) {
        int flags = in.flags(ENABLED | HEALTHY | EPHEMERAL | NUMBERED | DEFAULT_WEIGHT | HAS_WORD);
        return new Instance(
                in.string(),
                in.varint(),
                names.intern(in.string()),
                (flags & DEFAULT_WEIGHT) != 0 ? Instance.DEFAULT_WEIGHT : in.f64(),
                (flags & ENABLED) != 0,
                (flags & HEALTHY) != 0,
                (flags & EPHEMERAL) != 0,
                readMetadata(in),
                names.intern(in.string()),
                (flags & NUMBERED) != 0 ? in.varint() : Instance.NOT_NUMBERED,
                (flags & HAS_WORD) != 0 ? Optional.of(readOverlay(in)) : Optional.empty());
    }

    private static void write(ByteSink out, ServiceDefinition service) {
        out.f64(service.protectThreshold());
        write(out, service.metadata());
        out.u8(service.selector().type() == Selector.Type.NONE ? 0 : 1);
        if (service.selector().type() != Selector.Type.NONE) {
            out.string(service.selector().expression());
        }
    }

    private static ServiceDefinition readService(ByteSource in) {
        return new ServiceDefinition(
                in.f64(), readMetadata(in), in.flags(1) == 0 ? Selector.NONE : Selector.of("label", in.string()));
    }

    private static void write(ByteSink out, ClusterDefinition cluster) {
        HealthChecker checker = cluster.healthChecker();
        boolean manyCodes = checker instanceof HealthChecker.Http several
                && !several.expectedResponseCodes().isEmpty();
        boolean anyKey = checker instanceof HealthChecker.Mysql trusting && trusting.allowPublicKeyRetrieval();
        out.u8(manyCodes ? HTTP_OF_MANY_CODES : anyKey ? MYSQL_OF_ANY_KEY : number(checker.type()));
        if (checker instanceof HealthChecker.Http http) {
            out.string(http.path());
            out.string(http.headers());
            out.varint(http.expectedResponseCode());
            if (manyCodes) {
                out.string(http.expectedResponseCodes());
            }
        } else if (checker instanceof HealthChecker.Mysql mysql) {
            out.string(mysql.user());
            out.string(mysql.password());
            out.string(mysql.command());
        }
        out.varint(cluster.checkPort());
        out.u8(cluster.useInstancePort() ? 1 : 0);
        write(out, cluster.metadata());
    }

    private static int number(HealthChecker.Type type) {
        return switch (type) {
            case TCP -> 0;
            case HTTP -> 1;
            case MYSQL -> 2;
            case NONE -> 3;
        };
    }

    private static ClusterDefinition readCluster(ByteSource in) {
        int type = in.u8();
        HealthChecker checker = switch (type) {
            case 0 -> HealthChecker.TCP;
            case 1 -> new HealthChecker.Http(in.string(), in.string(), in.varint());
            case 2 -> new HealthChecker.Mysql(in.string(), in.string(), in.string());
            case 3 -> HealthChecker.NONE;
            case HTTP_OF_MANY_CODES -> new HealthChecker.Http(in.string(), in.string(), in.varint(), in.string());
            case MYSQL_OF_ANY_KEY -> new HealthChecker.Mysql(in.string(), in.string(), in.string(), true);
            default -> throw in.malformed("unknown health checker " + type);
        };
        return new ClusterDefinition(checker, in.varint(), in.flags(1) == 1, readMetadata(in));
    }

    private static void write(ByteSink out, Overlay overlay) {
        out.u8((overlay.weight().isPresent() ? HAS_WEIGHT : 0)
                | (overlay.enabled().isPresent() ? HAS_ENABLED : 0)
                | (overlay.metadata().isPresent() ? HAS_METADATA : 0)
                | (overlay.said().equals(WordStamp.NONE) ? 0 : HAS_STAMP)
                | (overlay.resets() ? RESETS : 0)
                | (overlay.absentSinceWallMillis() == 0 ? 0 : IS_ABSENT)
                | (overlay.upon().isPresent() ? CARRIES_ANOTHER : 0));
        overlay.weight().ifPresent(out::f64);
        overlay.enabled().ifPresent(enabled -> out.u8(enabled ? 1 : 0));
        overlay.metadata().ifPresent(edit -> {
            out.u8(edit.replaces() ? 1 : 0);
            write(out, edit.put());
            out.varint(edit.removed().size());
            edit.removed().forEach(out::string);
        });
        if (!overlay.said().equals(WordStamp.NONE)) {
            out.varlong(overlay.said().number());
            out.varlong(overlay.said().wallMillis());
            out.string(overlay.said().by());
        }
        if (overlay.absentSinceWallMillis() != 0) {
            out.varlong(overlay.absentSinceWallMillis());
        }
        overlay.upon().ifPresent(earlier -> write(out, earlier));
    }

    private Overlay readOverlay(ByteSource in) {
        return readOverlay(in, Overlay.CARRIED_MAX);
    }

    /** @param carriedMax words, itself included: bytes must not make this call itself without end */
    private Overlay readOverlay(ByteSource in, int carriedMax) {
        int flags = in.flags(HAS_WEIGHT
                | HAS_ENABLED
                | HAS_METADATA
                | HAS_STAMP
                | RESETS
                | IS_ABSENT
                | (carriedMax > 1 ? CARRIES_ANOTHER : 0));
        Optional<Double> weight = (flags & HAS_WEIGHT) != 0 ? Optional.of(in.f64()) : Optional.empty();
        Optional<Boolean> enabled = (flags & HAS_ENABLED) != 0 ? Optional.of(in.flags(1) == 1) : Optional.empty();
        Optional<MetadataEdit> metadata = (flags & HAS_METADATA) != 0 ? Optional.of(readEdit(in)) : Optional.empty();
        WordStamp said = (flags & HAS_STAMP) != 0
                ? new WordStamp(in.varlong(), in.varlong(), names.intern(in.string()))
                : WordStamp.NONE;
        long absentSince = (flags & IS_ABSENT) != 0 ? in.varlong() : 0;
        Optional<Overlay> upon =
                (flags & CARRIES_ANOTHER) != 0 ? Optional.of(readOverlay(in, carriedMax - 1)) : Optional.empty();
        return new Overlay(weight, enabled, metadata, (flags & RESETS) != 0, said, absentSince, upon);
    }

    private static void write(ByteSink out, Health health) {
        out.u8(health.healthy() ? 1 : 0);
        out.string(health.reason());
        out.varlong(health.sinceWallMillis());
    }

    private static MetadataEdit readEdit(ByteSource in) {
        boolean replaces = in.flags(1) == 1;
        Metadata put = readMetadata(in);
        List<String> removed = new ArrayList<>();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            removed.add(in.string());
        }
        return new MetadataEdit(replaces, put, removed);
    }

    private static void write(ByteSink out, NamespaceDefinition namespace) {
        out.string(namespace.id());
        out.string(namespace.name());
        out.string(namespace.description());
        write(out, namespace.metadata());
    }

    private static void write(ByteSink out, Metadata metadata) {
        out.varint(metadata.size());
        metadata.forEach((key, value) -> {
            out.string(key);
            out.string(value);
        });
    }

    private static Metadata readMetadata(ByteSource in) {
        return Metadata.of(readMap(in));
    }

    private static void writeMap(ByteSink out, Map<String, String> sorted) {
        out.varint(sorted.size());
        sorted.forEach((key, value) -> {
            out.string(key);
            out.string(value);
        });
    }

    private static Map<String, String> readMap(ByteSource in) {
        int count = in.count();
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.string();
            if (!map.isEmpty() && map.lastKey().compareTo(key) >= 0) {
                throw in.malformed("keys are not in order: " + key);
            }
            map.put(key, in.string());
        }
        return map;
    }
}
