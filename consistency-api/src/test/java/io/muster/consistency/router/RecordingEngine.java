package io.muster.consistency.router;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.consistency.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** An engine that stores nothing and remembers what it was asked. */
final class RecordingEngine implements ConsistencyService<String> {

    final List<String> calls = new ArrayList<>();

    @Override
    public CompletionStage<List<Optional<Datum<String>>>> apply(List<Change<String>> changes) {
        List<Optional<Datum<String>>> results = new ArrayList<>();
        for (Change<String> change : changes) {
            calls.add("apply " + change.key());
            results.add(
                    change instanceof Change.Put<String> put
                            ? Optional.of(new Datum<>(put.key(), new Version.LogIndex(1), Mark.HEALTHY, put.value()))
                            : Optional.empty());
        }
        return CompletableFuture.completedFuture(results);
    }

    @Override
    public Renewal renew(Key key) {
        calls.add("renew " + key);
        return Renewal.RENEWED;
    }

    @Override
    public Optional<Datum<String>> get(Key key) {
        calls.add("get " + key);
        return Optional.empty();
    }

    @Override
    public List<Datum<String>> group(Mode mode, String group) {
        calls.add("group " + group);
        return List.of();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<String>> visitor) {
        calls.add("forEach");
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        calls.add("readBarrier");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<String> listener) {
        calls.add("listen " + interest);
        return () -> {};
    }

    @Override
    public Readiness readiness(Mode mode) {
        calls.add("readiness");
        return Readiness.READY;
    }
}
