package broken.member.channel;

/** Known to whom it should not be. */
public final class LeadingChannel {}
