package io.muster.naming.api.v1;

import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What this member knows of how long its health checks take. Any thread, nothing blocks. */
@FunctionalInterface
public interface CheckTimes {

    /** Nothing is checked. */
    CheckTimes NONE = service -> CompletableFuture.completedFuture(new TreeMap<>());

    /** By cluster, of the instances of a service that this member checks; clusters without any may be missing. */
    CompletionStage<SortedMap<String, AnswerTimes>> of(ServiceName service);
}
