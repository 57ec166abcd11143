package io.muster.naming.api.v1;

import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks the other members what each knows for itself alone. Answered by the launcher, which knows them; any thread,
 * nothing blocks. A member that can't be asked never fails the whole: its part says that it is missing. One part for each other member that is listed; it takes a few seconds at most.
 */
public interface OtherMembers {

    /** There are none. */
    OtherMembers NONE = new OtherMembers() {
        @Override
        public CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service) {
            return CompletableFuture.completedFuture(List.of());
        }
    };

    /**
     * What one member told.
     *
     * @param member its address
     * @param complete whether that is all it has to tell; false as well for a member that did not answer
     */
    record Part<T>(String member, List<T> told, boolean complete) {

        /** Of a member that did not answer. */
        public static <T> Part<T> missing(String member) {
            return new Part<>(member, List.of(), false);
        }
    }

    /** The subscribers that the others push to: of services of the namespace whose group and name contain the given ones. */
    CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service);

    /** How long the health checks that the others make of the service take, by cluster. One that does not know the service is missing. */
    CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service);
}
