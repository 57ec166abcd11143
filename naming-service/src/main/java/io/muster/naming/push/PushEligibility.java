package io.muster.naming.push;

import io.muster.naming.model.ClientAgent;
import io.muster.naming.model.Switch;
import io.muster.naming.model.SwitchSettings;

/** Which clients are known to understand a push, by software and version; the least version of each is a switch. */
public final class PushEligibility {

    private PushEligibility() {}

    public static boolean isEligible(ClientAgent agent, SwitchSettings switches) {
        if (!switches.pushEnabled()) {
            return false;
        }
        return switch (agent.kind()) {
            case JAVA -> isAtLeast(agent, switches, Switch.PUSH_JAVA_VERSION);
            case DNS -> isAtLeast(agent, switches, Switch.PUSH_PYTHON_VERSION);
            case C -> isAtLeast(agent, switches, Switch.PUSH_C_VERSION);
            case GO -> isAtLeast(agent, switches, Switch.PUSH_GO_VERSION);
            case CSHARP -> isAtLeast(agent, switches, Switch.PUSH_CSHARP_VERSION);
            case SDK_JAVA, NGINX, SERVER, OTHER -> false;
        };
    }

    private static boolean isAtLeast(ClientAgent agent, SwitchSettings switches, Switch least) {
        return agent.version()
                .filter(version -> version.compareTo(switches.version(least)) >= 0)
                .isPresent();
    }
}
