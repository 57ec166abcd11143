package io.muster.bench.micro;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.naming.list.ListEncoder;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.RegistrySettings;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceView;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one change of a service costs its readers: the index takes it in, a view is built, and the list is written as JSON. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ListEncodingBenchmark {

    private static final ServiceName SERVICE = new ServiceName("public", "DEFAULT_GROUP", "orders");
    private static final Origin ORIGIN = new Origin(1, 1, 1);
    private static final long CACHE_MILLIS = 3_000;

    @Param({"10", "100", "1000"})
    public int instances;

    private final ServiceIndex index = new ServiceIndex(RegistrySettings.STANDARD, () -> 1);
    private long clock;

    @Setup
    public void register() {
        for (int i = 0; i < instances; i++) {
            change(i);
        }
    }

    /** Writes the list of a view that stands ready. */
    @Benchmark
    public byte[] encode() {
        return encoded(index.find(SERVICE).orElseThrow());
    }

    /** Takes one change in, builds the view anew and writes the list. */
    @Benchmark
    public byte[] changeThenEncode() {
        change((int) (clock % instances));
        return encoded(index.find(SERVICE).orElseThrow());
    }

    private static byte[] encoded(ServiceView view) {
        return ListEncoder.encode(view, "", false, NameForm.GROUPED, CACHE_MILLIS, "");
    }

    private void change(int number) {
        InstanceKey key = new InstanceKey("10.0." + number / 256 + "." + number % 256, 8080, "DEFAULT");
        Version version = new Version.Hybrid(++clock, ORIGIN);
        Datum<RegistryRecord> datum = new Datum<>(
                Keys.instance(SERVICE.keyGroup(), key, true), version, Mark.HEALTHY, Instance.ephemeral(key));
        index.changeListener().onChanges(List.of(new ChangeEvent.Stored<>(datum)));
    }
}
