package io.muster.naming.model;

import java.util.Optional;

/**
 * Which client software speaks, as its User-Agent says (Nacos 1.4, ClientInfo): it decides the form of names in lists,
 * whether an update must find its instance, and whether UDP push is offered.
 *
 * @param version empty if the agent names none that can be read
 * @param text as sent, for people
 */
public record ClientAgent(Kind kind, Optional<AgentVersion> version, String text) {

    /** The families of clients that Nacos tells apart. */
    public enum Kind {
        JAVA,
        DNS,
        C,
        GO,
        CSHARP,
        SDK_JAVA,
        NGINX,
        SERVER,
        OTHER
    }

    public static final ClientAgent UNKNOWN = new ClientAgent(Kind.OTHER, Optional.empty(), "");

    private static final AgentVersion FIRST_WITH_GROUPS = new AgentVersion(1, 0, 0);

    public static ClientAgent of(String userAgent) {
        if (userAgent.isEmpty()) {
            return UNKNOWN;
        }
        int versionStart = userAgent.indexOf(":v");
        Optional<AgentVersion> version =
                versionStart < 0 ? Optional.empty() : AgentVersion.parse(userAgent.substring(versionStart + 2));
        return new ClientAgent(kindOf(userAgent), version, userAgent);
    }

    private static Kind kindOf(String agent) {
        if (agent.startsWith("Nacos-Java-Client")) {
            return Kind.JAVA;
        }
        if (agent.startsWith("Nacos-DNS")) {
            return Kind.DNS;
        }
        if (agent.startsWith("Nacos-C-Client") || agent.startsWith("vip-client4cpp")) {
            return Kind.C;
        }
        if (agent.startsWith("Nacos-Go-Client") || agent.startsWith("nacos-go-sdk")) {
            return Kind.GO;
        }
        if (agent.startsWith("Nacos-CSharp-Client")) {
            return Kind.CSHARP;
        }
        if (agent.startsWith("Nacos-SDK-Java")) {
            return Kind.SDK_JAVA;
        }
        if (agent.startsWith("unit-nginx")) {
            return Kind.NGINX;
        }
        return agent.startsWith("Nacos-Server") ? Kind.SERVER : Kind.OTHER;
    }

    /**
     * Java clients from 1.0.0 on, and all that pose as one: their lists bear grouped names, and their PUT of an
     * instance must find it.
     */
    public boolean isModernJava() {
        return kind == Kind.JAVA
                && version.filter(v -> v.compareTo(FIRST_WITH_GROUPS) >= 0).isPresent();
    }
}
