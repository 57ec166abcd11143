package io.muster.member.lookup;

/**
 * How the address server does.
 *
 * @param url where it is asked
 * @param failuresInARow 0 after each good list
 * @param answers good lists since the start
 * @param problem the last failure; empty after a good list
 * @param illAfter so many failures in a row and it counts as ill
 */
public record AddressServerStatus(String url, int failuresInARow, long answers, String problem, int illAfter) {

    /** Whether it has given a good list lately: for information, nothing depends on it. */
    public boolean healthy() {
        return failuresInARow < illAfter;
    }
}
