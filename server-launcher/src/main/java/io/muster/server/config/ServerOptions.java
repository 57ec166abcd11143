package io.muster.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The options of {@code muster server}, taken apart but not yet judged. Written by hand rather than by picocli, because any property may
 * stand there and because loading an option parser would be a good part of the start's time.
 *
 * @param properties name (or alias) of each property, its value, and the option it came by; in the order given
 * @param configFile of {@code --config}
 * @param printConfig whether to show the configuration in force rather than start
 * @param help whether to show the help rather than start
 */
public record ServerOptions(
        List<GivenOption> properties, Optional<String> configFile, boolean printConfig, boolean help) {

    static final String CONFIG = "--config";
    static final String PRINT_CONFIG = "--print-config";

    /** One property as given: {@code --port 9000} has property {@code server.port} and option {@code --port}. */
    public record GivenOption(String property, String value, String option) {}

    /**
     * Takes {@code --name value} and {@code --name=value}, where the name is a short form or any dotted property. Whether a dotted
     * property exists is a matter of the configuration, told with its other faults.
     *
     * @throws UsageException if an option is unknown or lacks its value, or there is anything but options
     */
    public static ServerOptions parse(List<String> arguments) {
        List<GivenOption> properties = new ArrayList<>();
        Optional<String> configFile = Optional.empty();
        boolean printConfig = false;
        boolean help = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            switch (option) {
                case "-h", "--help" -> help = true;
                case PRINT_CONFIG -> printConfig = true;
                default -> {
                    String property = propertyOf(option);
                    if (equals < 0
                            && (i + 1 == arguments.size()
                                    || arguments.get(i + 1).startsWith("--"))) {
                        throw new UsageException("option " + option + " needs a value");
                    }
                    String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
                    if (option.equals(CONFIG)) {
                        configFile = Optional.of(value);
                    } else {
                        properties.add(new GivenOption(property, value, option));
                    }
                }
            }
        }
        return new ServerOptions(List.copyOf(properties), configFile, printConfig, help);
    }

    private static String propertyOf(String option) {
        if (!option.startsWith("--")) {
            throw new UsageException("'" + option + "' is not an option; options begin with --");
        }
        Optional<String> named = Settings.withOption(option).map(Setting::name);
        if (named.isPresent()) {
            return named.get();
        }
        if (option.equals(CONFIG) || option.indexOf('.') > 0) {
            return option.substring(2);
        }
        Stream<String> known = Stream.concat(
                Stream.of(CONFIG, PRINT_CONFIG, "--help"),
                Settings.ALL.stream().flatMap(setting -> setting.shortForm().stream()));
        throw new UsageException("unknown option " + option
                + Nearest.to(option, known)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse(""));
    }
}
