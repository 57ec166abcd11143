package io.muster.member.health.core;

/** What is counted since the start; each field is one of {@link HealthStatus.Counters}. */
final class Counts {

    long probesSent;
    long probesLost;
    long answersLate;
    long suspicionsRefuted;
    long restartsSeen;
    long standStills;

    HealthStatus.Counters shown(long noticesSuppressed) {
        return new HealthStatus.Counters(
                probesSent, probesLost, answersLate, suspicionsRefuted, restartsSeen, standStills, noticesSuppressed);
    }
}
