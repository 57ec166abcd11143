package io.muster.member.channel;

import io.muster.member.channel.ChannelLimits.RefusalLogLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which refusals are worth a line in the log: one a period for each address and kind, with the number of those that were passed over.
 * A stranger can neither fill the log nor the memory.
 */
final class RefusalLog {

    private final RefusalLogLimits limits;

    /** Bounded; what is over is cleared out when room is needed. */
    private final Map<Source, Said> said = new HashMap<>();

    RefusalLog(RefusalLogLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes a refusal in.
     *
     * @param address as listed, if this node dialled it; else the host of the other end, without its port
     * @return the line to log, if one is due
     */
    Optional<String> line(String address, Refusal refusal, long nowNanos) {
        Source source = new Source(address, refusal.kind());
        Said entry = said.get(source);
        if (entry != null && !isOver(entry, nowNanos)) {
            entry.passedOver++;
            return Optional.empty();
        }
        long passedOver = entry == null ? 0 : entry.passedOver;
        said.remove(source);
        if (said.size() >= limits.entriesMax()) {
            said.values().removeIf(old -> isOver(old, nowNanos));
        }
        if (said.size() >= limits.entriesMax()) {
            return Optional.empty();
        }
        said.put(source, new Said(nowNanos));
        String again = passedOver == 0 ? "" : " (and " + passedOver + " more times since the last such line)";
        return Optional.of("refused a peer connection with " + address + " ("
                + refusal.kind().label() + "): " + refusal.detail() + again);
    }

    /** Addresses and kinds that are remembered. */
    int entries() {
        return said.size();
    }

    private boolean isOver(Said entry, long nowNanos) {
        return nowNanos - entry.sinceNanos >= limits.period().toNanos();
    }

    private record Source(String address, RefusalKind kind) {}

    private static final class Said {

        private final long sinceNanos;
        private long passedOver;

        Said(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }
}
