package io.muster.testkit.client;

import java.time.Duration;

/**
 * What an operation came to in the end.
 *
 * @param outcome of all attempts together
 * @param status of the last answer; 0 when there was none
 * @param body of the last answer, or why there was none
 * @param attempts nodes tried
 * @param took from the first attempt to the end
 */
public record Answer(Outcome outcome, int status, String body, int attempts, Duration took) {

    public boolean isOk() {
        return outcome == Outcome.OK;
    }
}
