package io.muster.member.channel;

/** Why a connection or what came over it was refused: counted by kind, and named in the log once a period. */
public enum RefusalKind {
    /** What came first is not the peer protocol. */
    NOT_A_PEER("not-a-peer"),
    /** A version of the handshake or of frames that this node does not know. */
    VERSION("version"),
    /** No proof, or a wrong one, of the cluster secret. */
    SECRET("secret"),
    /** Another cluster's node or frame. */
    CLUSTER("cluster"),
    /** Another process bears this node's id, or two others share one: a copied data directory. */
    COPIED_IDENTITY("copied-identity"),
    /** No proof in time. */
    HANDSHAKE_TIMEOUT("handshake-timeout"),
    /** Too many that had not proven the secret at once; this one was the oldest of the host with the most. */
    CROWD("crowd"),
    /** The connection ended before the handshake did. */
    CLOSED_EARLY("closed-early"),
    /** A frame's length is beyond all bounds, or too small for a frame. */
    LENGTH("length"),
    /** A frame's seal is wrong: damaged, forged, repeated or out of place. */
    SEAL("seal"),
    /** A frame that is sealed well but makes no sense. */
    MALFORMED("malformed"),
    /** A compressed frame that gives more than it may, or less than it says. */
    COMPRESSION("compression");

    private final String label;

    RefusalKind(String label) {
        this.label = label;
    }

    /** As metrics and logs name it. */
    public String label() {
        return label;
    }
}
