package io.muster.server.cli;

import io.muster.server.config.Setting;
import io.muster.server.config.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The help of {@code muster server}, made from the settings themselves. */
final class ServerHelp {

    private ServerHelp() {}

    /** A command that knows all options; it is shown, never run. */
    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("server");
        spec.usageMessage()
                .description("Starts a server.", "")
                .optionListHeading(
                        "%nEvery property is also an option (--server.port=9000), a line of the configuration file, and an"
                                + " environment variable (MUSTER_SERVER_PORT). The order here is the file's; the highest wins: option,"
                                + " environment, file, default.%n%n")
                .sortOptions(false)
                .abbreviateSynopsis(true);
        spec.addOption(OptionSpec.builder("--config")
                .type(String.class)
                .paramLabel("FILE")
                .description("configuration file (default: conf/muster.properties, if it is there)")
                .build());
        spec.addOption(OptionSpec.builder("--print-config")
                .description("show what is in force and where each value came from, and end")
                .build());
        Settings.ALL.forEach(setting -> spec.addOption(option(setting)));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this help")
                .build());
        return spec;
    }

    private static OptionSpec option(Setting<?> setting) {
        String[] names = setting.shortForm()
                .map(shortForm -> new String[] {shortForm, "--" + setting.name()})
                .orElseGet(() -> new String[] {"--" + setting.name()});
        String byDefault =
                setting.defaultText().map(text -> " (default: " + text + ")").orElse("");
        return OptionSpec.builder(names)
                .type(String.class)
                .paramLabel(setting.label())
                .description((setting.meaning() + byDefault).replace("%", "%%"))
                .build();
    }
}
