package broken.member.health.core;

import broken.member.channel.LeadingChannel;

/** Member health that reaches for the channel itself. */
public final class ProbingCore {

    public LeadingChannel channel() {
        return new LeadingChannel();
    }
}
