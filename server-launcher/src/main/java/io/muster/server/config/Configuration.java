package io.muster.server.config;

import io.muster.member.lookup.LookupMode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the configuration of this process comes from, to be read again while it runs (R63): the properties file may have been edited since; the
 * environment and the command line are those of the start. Reads files, so it is not for an event loop; any other thread.
 *
 * @param home where relative built-in defaults start
 * @param environment all environment variables
 * @param jvmProperties all properties of the JVM
 * @param options the command line
 */
public record Configuration(
        Path home, Map<String, String> environment, Map<String, String> jvmProperties, ServerOptions options) {

    /**
     * The settings as they stand now.
     *
     * @throws ConfigException if the properties file can't be read
     */
    public ResolvedSettings settings() {
        return ResolvedSettings.of(sources());
    }

    private ConfigSources sources() {
        return ConfigSources.read(home, environment, jvmProperties, options);
    }

    /**
     * What a server started now would go by.
     *
     * @throws ConfigException if anything is wrong, naming all of it
     */
    public ServerConfig read() {
        return ServerConfig.of(settings());
    }

    /**
     * The same with another lookup mode than the one configured.
     *
     * @throws ConfigException if anything is wrong, naming all of it
     */
    public ServerConfig readWith(LookupMode asked) {
        return ServerConfig.of(settings(), asked);
    }

    /**
     * The file that a lookup mode can be written into so that it outlasts a restart.
     *
     * @throws ConfigException if there is none, or what it says would be overridden
     */
    public PropertiesFile persistent() {
        ConfigSources sources = sources();
        ResolvedSettings settings = ResolvedSettings.of(sources);
        if (settings.isAboveFile(Settings.LOOKUP_TYPE)) {
            throw new ConfigException("the lookup mode can't be persisted: at the next start "
                    + settings.origin(Settings.LOOKUP_TYPE)
                    + " would override the configuration file. Change it there");
        }
        Optional<String> file = sources.file();
        return new PropertiesFile(Path.of(file.orElseThrow(() -> new ConfigException(
                "the lookup mode can't be persisted: this server has no configuration file. Start it with --config FILE, or"
                        + " put the setting where its configuration is"))));
    }
}
