package io.muster.server;

import io.muster.server.cli.ExitCode;
import io.muster.server.config.ConfigException;
import io.muster.server.config.Configuration;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ResolvedSettings;
import io.muster.server.config.ServerConfig;
import io.muster.server.config.ServerOptions;
import io.muster.server.config.UsageException;
import io.muster.server.log.ProcessLog;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code muster server}: reads the configuration, runs one server, and ends the process with the exit code that says why. */
final class ServerCommand {

    /** Set by the start script: where the built-in defaults of paths begin. */
    private static final String HOME_PROPERTY = "muster.home";

    private ServerCommand() {}

    /**
     * Returns when the server is ready, which then lives on; ends the process if it can't be started.
     *
     * @param arguments the options behind {@code muster server}
     */
    static void start(List<String> arguments) {
        try {
            ServerOptions options = ServerOptions.parse(arguments);
            Configuration configuration = new Configuration(home(), System.getenv(), jvmProperties(), options);
            if (options.printConfig()) {
                printConfig(configuration.settings());
            } else {
                run(configuration);
            }
        } catch (UsageException e) {
            exit(ExitCode.USAGE, e.getMessage() + " (see muster server --help)");
        } catch (ConfigException e) {
            exit(ExitCode.CONFIGURATION, e.problems());
        }
    }

    private static void printConfig(ResolvedSettings settings) {
        settings.lines().forEach(System.out::println);
        ServerConfig config = ServerConfig.of(settings);
        System.out.println("# mode: " + config.lookup().mode().configName() + ", since "
                + config.lookup().reason());
    }

    private static void run(Configuration configuration) {
        new Comeback(
                        switched -> launch(
                                configuration,
                                switched.map(configuration::readWith).orElseGet(configuration::read)),
                        failure -> exit(failure.exitCode(), String.valueOf(failure.getMessage())))
                .start();
    }

    /** Starts a server as a process does: log, signals, ready line. */
    static MusterServer launch(Configuration configuration) {
        return launch(configuration, configuration.read());
    }

    private static MusterServer launch(Configuration configuration, ServerConfig config) {
        ProcessLog.configure(config.log().format(), config.log().level());
        ProductVersion version = ProductVersion.ofThisBuild();
        MusterServer server = new MusterServer(config, configuration, version);
        Signals.handle(server);
        server.start();
        System.out.println("muster " + version + " ready on " + server.url() + " ("
                + config.lookup().mode().configName() + ") in " + secondsSinceStart() + " s");
        return server;
    }

    /** Since the JVM started, with one decimal. The process's own start time is of no use: Linux tells it by whole seconds since boot. */
    private static String secondsSinceStart() {
        long millis = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        long tenths = (millis + 50) / 100;
        return tenths / 10 + "." + tenths % 10;
    }

    private static Path home() {
        return Path.of(System.getProperty(HOME_PROPERTY, ""));
    }

    private static Map<String, String> jvmProperties() {
        Map<String, String> properties = new TreeMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }

    private static void exit(ExitCode code, String message) {
        exit(code, List.of(message));
    }

    /** Ends the process; the log is written out first, so that the reason stands last. */
    private static void exit(ExitCode code, List<String> messages) {
        ProcessLog.stop();
        messages.forEach(message -> System.err.println("muster: " + message));
        System.exit(code.code());
    }
}
