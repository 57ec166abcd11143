package io.muster.naming.api.v1;

import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks the other members what each knows for itself alone. Answered by the launcher, which knows them; any thread,
 * nothing blocks. A member that can't be asked never fails the whole: its part says that it is missing.
 */
public interface OtherMembers {

    /** There are none. */
    OtherMembers NONE = service -> CompletableFuture.completedFuture(List.of());

    /**
     * What one member told.
     *
     * @param member its address
     * @param complete whether these are all of its subscribers; false as well for a member that did not answer
     */
    record Part(String member, List<ListedSubscriber> subscribers, boolean complete) {

        /** Of a member that did not answer. */
        public static Part missing(String member) {
            return new Part(member, List.of(), false);
        }
    }

    /**
     * The subscribers that the others push to: of services of the namespace whose group and name contain the given
     * ones. One part for each other member that is listed; it takes a few seconds at most.
     */
    CompletionStage<List<Part>> subscribers(ServiceName service);
}
