package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Param;
import java.io.IOException;
import java.util.List;

/**
 * What answers share that are put together of what all members know. Members that are missing from one are named in it: Nacos leaves them out in
 * silence.
 */
final class Aggregation {

    /** What says that the answer lacks something, to those who don't read the body. */
    static final String PARTIAL_HEADER = "Muster-Partial";

    /** Whether the other members are asked, too. Yes, unless told otherwise. */
    static final Param<Boolean> AGGREGATION = Param.onlyTrue("aggregation");

    private Aggregation() {}

    /** Those that are missing from the whole, sorted. */
    static List<String> unanswered(List<? extends OtherMembers.Part<?>> parts) {
        return parts.stream()
                .filter(part -> !part.complete())
                .map(OtherMembers.Part::member)
                .sorted()
                .toList();
    }

    static void write(JsonGenerator json, List<String> unanswered) throws IOException {
        if (!unanswered.isEmpty()) {
            json.writeArrayFieldStart("unanswered");
            for (String member : unanswered) {
                json.writeString(member);
            }
            json.writeEndArray();
        }
    }

    static Answer marked(Answer answer, List<String> unanswered) {
        return unanswered.isEmpty() ? answer : answer.with(PARTIAL_HEADER, Integer.toString(unanswered.size()));
    }
}
