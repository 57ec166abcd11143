package io.muster.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * All places that a configuration comes from, read but not yet judged.
 *
 * @param home where relative built-in defaults ({@code data}, {@code conf/…}) start; what an operator writes is relative to the working
 *     directory
 * @param file the properties file in force; empty if there is none
 * @param fileProperties its content
 * @param environment all environment variables
 * @param jvmProperties all properties of the JVM
 * @param options the command line
 */
public record ConfigSources(
        Path home,
        Optional<String> file,
        Map<String, String> fileProperties,
        Map<String, String> environment,
        Map<String, String> jvmProperties,
        ServerOptions options) {

    static final String DEFAULT_FILE = "conf/muster.properties";

    public ConfigSources {
        fileProperties = sorted(fileProperties);
        environment = sorted(environment);
        jvmProperties = sorted(jvmProperties);
    }

    /**
     * Reads the properties file: that of {@code --config}, which must exist, or {@code conf/muster.properties} under the home if it is
     * there.
     *
     * @throws ConfigException if the file can't be read
     */
    public static ConfigSources read(
            Path home, Map<String, String> environment, Map<String, String> jvmProperties, ServerOptions options) {
        Path byDefault = home.resolve(DEFAULT_FILE);
        Optional<Path> file = options.configFile()
                .map(Path::of)
                .or(() -> Optional.of(byDefault).filter(Files::exists));
        Map<String, String> properties = file.map(ConfigSources::load).orElse(Map.of());
        return new ConfigSources(home, file.map(Path::toString), properties, environment, jvmProperties, options);
    }

    private static Map<String, String> load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("the configuration file " + file + " can't be read: " + e);
        }
        Map<String, String> loaded = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> loaded.put(name, properties.getProperty(name)));
        return loaded;
    }

    private static Map<String, String> sorted(Map<String, String> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
