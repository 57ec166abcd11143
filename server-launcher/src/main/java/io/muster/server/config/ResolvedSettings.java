package io.muster.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every setting with the value in force and where it came from: the highest of built-in default, properties file, environment, JVM
 * properties (Nacos names only; below the environment where the address server is) and command line. A blank value counts as not given.
 */
public final class ResolvedSettings {

    private final Path home;
    /** By the own name of the setting. */
    private final Map<String, Given> inForce = new HashMap<>();

    /** By the own name of the setting; what was refused is missing. */
    private final Map<String, Parsed> values = new HashMap<>();

    private final List<String> problems = new ArrayList<>();

    /** A value as somebody wrote it. {@code name} is the property or alias that they wrote. */
    private record Given(String name, String text, Origin origin) {}

    /** A value that was read and found good. */
    private record Parsed(Object value) {}

    private ResolvedSettings(Path home) {
        this.home = home;
    }

    /** Never fails; {@link #problems()} tells what is wrong. */
    public static ResolvedSettings of(ConfigSources sources) {
        ResolvedSettings resolved = new ResolvedSettings(sources.home());
        for (Setting<?> setting : Settings.ALL) {
            setting.defaultText()
                    .ifPresent(text -> resolved.put(setting, new Given(setting.name(), text, Origin.DEFAULT)));
        }
        resolved.takeFile(sources);
        resolved.takeEnvironment(sources.environment());
        resolved.takeJvm(sources.jvmProperties());
        sources.options()
                .properties()
                .forEach(given -> resolved.take(given.property(), given.value(), Origin.option(given.option())));
        Settings.ALL.forEach(resolved::parse);
        return resolved;
    }

    private void takeFile(ConfigSources sources) {
        Origin origin = Origin.file(sources.file().orElse(""));
        sources.fileProperties().forEach((name, text) -> take(name, text, origin));
    }

    private void takeEnvironment(Map<String, String> environment) {
        Environment names = new Environment();
        environment.forEach((variable, text) -> {
            Optional<String> property = names.propertyOf(variable);
            if (property.isPresent()) {
                take(property.get(), text, Origin.environment(variable));
            } else if (names.isUnknown(variable, text)) {
                problems.add("unknown environment variable " + variable + didYouMean(names.nearest(variable)));
            }
        });
    }

    private void takeJvm(Map<String, String> jvmProperties) {
        jvmProperties.forEach((name, text) -> Settings.named(name)
                .filter(setting -> Environment.nacosNames(setting).contains(name))
                .filter(setting -> !isSetAboveJvm(setting))
                .ifPresent(setting -> take(name, text, Origin.jvm(name))));
    }

    /** In Nacos the environment wins over the JVM where the address server is, and there alone. */
    private boolean isSetAboveJvm(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        return given != null
                && given.origin().rank() == Origin.Rank.ENVIRONMENT
                && Settings.ENVIRONMENT_ABOVE_JVM.contains(setting);
    }

    private void take(String name, String text, Origin origin) {
        Optional<Setting<?>> setting = Settings.named(name);
        if (setting.isEmpty()) {
            problems.add("unknown property " + name + " (" + origin + ")" + didYouMean(nearest(name)));
        } else if (!text.isBlank()) {
            put(setting.get(), new Given(name, text.strip(), origin));
        }
    }

    private void put(Setting<?> setting, Given given) {
        Given standing = inForce.get(setting.name());
        boolean yieldsToOwnName = standing != null
                && standing.origin().rank() == given.origin().rank()
                && standing.name().equals(setting.name())
                && !given.name().equals(setting.name());
        if (!yieldsToOwnName) {
            inForce.put(setting.name(), given);
        }
    }

    private void parse(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        if (given == null) {
            return;
        }
        try {
            values.put(setting.name(), new Parsed(setting.kind().reader().apply(given.text())));
        } catch (IllegalArgumentException e) {
            problems.add(setting.name() + " = " + shown(setting, given) + " (" + given.origin() + "): takes "
                    + setting.allowed() + serviceLinkHint(given));
        }
    }

    /** Kubernetes sets {@code MUSTER_SERVER_PORT=tcp://…} beside a service named {@code muster-server}. */
    private static String serviceLinkHint(Given given) {
        return given.text().startsWith("tcp://") && given.origin().rank() == Origin.Rank.ENVIRONMENT
                ? "; Kubernetes sets this variable for a service of that name: set enableServiceLinks: false in the pod"
                : "";
    }

    private static Optional<String> nearest(String name) {
        return Nearest.to(name, Settings.ALL.stream().map(Setting::name));
    }

    private static String didYouMean(Optional<String> near) {
        return near.map(name -> "; did you mean " + name + "?").orElse("");
    }

    private static String shown(Setting<?> setting, Given given) {
        return setting.secret() ? Secret.MASK : given.text();
    }

    /** What is wrong, one line each; empty if all is good. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * @throws IllegalStateException if the setting has neither value nor default, or its value was refused
     */
    <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalStateException(setting.name() + " has no value"));
    }

    /** Empty if the setting has neither value nor default. */
    @SuppressWarnings("unchecked") // a value was parsed by the kind of its own setting
    <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable(values.get(setting.name())).map(parsed -> (T) parsed.value());
    }

    /** The path, a built-in default being relative to the home, and anything else to the working directory. */
    Path path(Setting<Path> setting) {
        Path path = get(setting);
        return isDefault(setting) ? home.resolve(path) : path;
    }

    boolean isDefault(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        return given == null || given.origin().rank() == Origin.Rank.DEFAULT;
    }

    /** Whether what a configuration file says of it would be overridden. */
    boolean isAboveFile(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        return given != null && given.origin().rank().compareTo(Origin.Rank.FILE) > 0;
    }

    /** Who set it, for messages. */
    String origin(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        return given == null ? "not set" : given.origin().where();
    }

    /**
     * Two lines a setting, as a properties file that would give the same: a comment that tells where the value came from, then the property. A
     * property without a value is a comment, and so is a secret, which is masked: a file with the mask in it would make the mask the secret.
     */
    public List<String> lines() {
        return Settings.ALL.stream().flatMap(this::lines).toList();
    }

    private Stream<String> lines(Setting<?> setting) {
        Given given = inForce.get(setting.name());
        if (given == null) {
            return Stream.of("# not set", "# " + setting.name() + " =");
        }
        String property = setting.name() + " = " + escaped(inForce(setting, given));
        return setting.secret()
                ? Stream.of("# " + given.origin() + "; to be set there, since it is not shown", "# " + property)
                : Stream.of("# " + given.origin(), property);
    }

    /** A path that is a default is shown with the home that it is relative to: in a file it would be relative to the working directory. */
    private String inForce(Setting<?> setting, Given given) {
        Parsed parsed = values.get(setting.name());
        return isDefault(setting) && parsed != null && parsed.value() instanceof Path path
                ? home.resolve(path).toString()
                : shown(setting, given);
    }

    /** As a properties file has it. The text has no blanks around it. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("\f", "\\f");
    }
}
