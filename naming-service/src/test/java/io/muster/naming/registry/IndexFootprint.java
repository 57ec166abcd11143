package io.muster.naming.registry;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.wire.RegistryRecordCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the heap that a million ephemeral instances take, ten a service, without metadata (design §9): the data that
 * engine and index share, and what the index adds. A program, not a test: run it with a heap of 2 GB, and read the
 * figures.
 */
final class IndexFootprint {

    private static final int SERVICES = 100_000;
    private static final int INSTANCES_EACH = 10;
    private static final int INSTANCES = SERVICES * INSTANCES_EACH;

    private IndexFootprint() {}

    public static void main(String[] args) {
        RegistryRecordCodec codec = new RegistryRecordCodec();
        Origin origin = new Origin(1, 2, 3);
        long empty = usedBytes();
        List<Datum<RegistryRecord>> data = new ArrayList<>(INSTANCES);
        for (int service = 0; service < SERVICES; service++) {
            String keyGroup =
                    ServiceName.of("", "", "com.acme.service-" + service).keyGroup();
            for (int i = 0; i < INSTANCES_EACH; i++) {
                int number = service * INSTANCES_EACH + i;
                String ip = "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
                Instance given = Instance.ephemeral(new InstanceKey(new String(ip), 8080, "DEFAULT"));
                Instance stored = (Instance) codec.decode(codec.encode(given));
                Key key = Keys.instance(keyGroup, stored.key(), true);
                data.add(new Datum<>(key, new Version.Hybrid(number, origin), Mark.HEALTHY, stored));
            }
        }
        long withData = usedBytes();
        ServiceIndex index = new ServiceIndex(RegistrySettings.STANDARD, System::currentTimeMillis);
        for (Datum<RegistryRecord> datum : data) {
            index.changeListener().onChanges(List.of(new ChangeEvent.Stored<>(datum)));
        }
        long withIndex = usedBytes();
        System.out.printf(
                "%,d instances in %,d services%nshared data (key, version, datum, instance): %.1f bytes an instance%n"
                        + "index beside it: %.1f bytes an instance%n",
                index.ephemeralInstanceCount(),
                index.serviceCount(),
                (withData - empty) / (double) INSTANCES,
                (withIndex - withData) / (double) INSTANCES);
    }

    // The one place where a collection is wanted: what is left then is what is held.
    @SuppressWarnings("ExplicitGC")
    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
