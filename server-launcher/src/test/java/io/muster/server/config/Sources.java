package io.muster.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Configuration sources as a test writes them; immutable. */
record Sources(
        Path home,
        Map<String, String> file,
        Map<String, String> environment,
        Map<String, String> jvm,
        List<String> commandLine) {

    static final Sources NONE = new Sources(Path.of("/nowhere"), Map.of(), Map.of(), Map.of(), List.of());

    Sources home(Path newHome) {
        return new Sources(newHome, file, environment, jvm, commandLine);
    }

    Sources file(String name, String value) {
        return new Sources(home, with(file, name, value), environment, jvm, commandLine);
    }

    Sources environment(String name, String value) {
        return new Sources(home, file, with(environment, name, value), jvm, commandLine);
    }

    Sources jvm(String name, String value) {
        return new Sources(home, file, environment, with(jvm, name, value), commandLine);
    }

    Sources commandLine(String... arguments) {
        return new Sources(home, file, environment, jvm, List.of(arguments));
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }

    ResolvedSettings settings() {
        return ResolvedSettings.of(new ConfigSources(
                home, Optional.of("test.properties"), file, environment, jvm, ServerOptions.parse(commandLine)));
    }

    ServerConfig config() {
        return ServerConfig.of(settings());
    }
}
