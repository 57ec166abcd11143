package io.muster.raft.datum;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The requests that were applied last, with their answers, in log order: a request that comes through the log again takes no effect again
 * (dissertation §6.3; invariant {@code ExactlyOnce}). Part of the replicated state.
 */
final class RequestTable {

    /**
     * Bound on the requests remembered. An entry adds one at most, so the table knows all that took effect within the last so many entries. A command tells by
     * {@link DatumCommand#leftAfter} after which entry its first copy stands: of one that stands within so many entries of that the table knows whether it
     * is the first; a later one, held back by the network or a queue, takes no effect, whatever it is. So this is how far the log may go on while a
     * request is repeated: 5 s at 13,000 entries a second.
     *
     * <p>Part of what all nodes must agree on: another bound is another format of the state.
     */
    static final int REQUESTS_MAX = 65_536;

    /** Position in the encoded form and hash: of a change whose condition failed, or this. */
    static final int NO_CONFLICT = -1;

    /**
     * What became of a request.
     *
     * @param index of the log entry that carried it first
     * @param conflict which change's condition failed, or {@link #NO_CONFLICT}
     */
    record Answer(long index, int conflict) {}

    /** Oldest first. */
    private final LinkedHashMap<RequestId, Answer> answers = new LinkedHashMap<>();

    /** Sum of the hashes of all that is in the table. */
    private long hash;

    Optional<Answer> find(RequestId request) {
        return Optional.ofNullable(answers.get(request));
    }

    /** Remembers a request that is not in the table, and forgets the oldest one if there are too many. */
    void add(RequestId request, Answer answer) {
        answers.put(request, answer);
        hash += StateHash.ofRequest(request, answer);
        if (answers.size() > REQUESTS_MAX) {
            Iterator<Map.Entry<RequestId, Answer>> oldest = answers.entrySet().iterator();
            Map.Entry<RequestId, Answer> gone = oldest.next();
            hash -= StateHash.ofRequest(gone.getKey(), gone.getValue());
            oldest.remove();
        }
    }

    void clear() {
        answers.clear();
        hash = 0;
    }

    int size() {
        return answers.size();
    }

    long hash() {
        return hash;
    }

    /** A copy, oldest first. */
    List<Map.Entry<RequestId, Answer>> toList() {
        List<Map.Entry<RequestId, Answer>> copy = new ArrayList<>(answers.size());
        answers.forEach((request, answer) -> copy.add(Map.entry(request, answer)));
        return copy;
    }
}
