package io.muster.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which property an environment variable sets. */
final class Environment {

    private static final String PREFIX = "MUSTER_";

    /** Read by the start script and the command line, not by the server. */
    private static final Set<String> FOR_OTHERS = Set.of("MUSTER_URL", "MUSTER_JAVA_OPTS", "MUSTER_NO_BUILD");

    /**
     * Kubernetes describes every service of a namespace to every pod so: a service named {@code muster} brings {@code
     * MUSTER_SERVICE_HOST}, {@code MUSTER_PORT_8848_TCP} and so on. They are not meant for us.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("MUSTER_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    /** The same, if its value is an address such as {@code tcp://10.0.0.1:8848}; else somebody has mistyped {@code MUSTER_SERVER_PORT}. */
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("MUSTER_(\\w+_)?PORT");

    private final Map<String, String> propertyOfVariable = new LinkedHashMap<>();

    Environment() {
        for (Setting<?> setting : Settings.ALL) {
            propertyOfVariable.put(setting.environmentName(), setting.name());
            for (String alias : nacosNames(setting)) {
                propertyOfVariable.put(Setting.screaming(alias), alias);
                propertyOfVariable.put(alias.replace('.', '_'), alias);
            }
        }
    }

    /** The property or alias that the variable sets; empty for variables of others. */
    Optional<String> propertyOf(String variable) {
        return Optional.ofNullable(propertyOfVariable.get(variable));
    }

    /** Whether the variable looks like one of ours and is none. */
    boolean isUnknown(String variable, String text) {
        return variable.startsWith(PREFIX)
                && !propertyOfVariable.containsKey(variable)
                && !FOR_OTHERS.contains(variable)
                && !isServiceLink(variable, text);
    }

    private static boolean isServiceLink(String variable, String text) {
        return SERVICE_LINK.matcher(variable).matches()
                || (SERVICE_ADDRESS.matcher(variable).matches() && text.contains("://"));
    }

    /** The variable that somebody may have meant. */
    Optional<String> nearest(String variable) {
        return Nearest.to(variable, Settings.ALL.stream().map(Setting::environmentName));
    }

    /** The names under which Nacos knows the setting. */
    static List<String> nacosNames(Setting<?> setting) {
        return setting.name().startsWith("nacos.") ? List.of(setting.name()) : setting.aliases();
    }
}
