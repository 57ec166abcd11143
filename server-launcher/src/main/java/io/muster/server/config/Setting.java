package io.muster.server.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One property that an operator can set.
 *
 * @param name the property, dotted
 * @param kind the values it takes
 * @param defaultText built-in default as an operator would write it; empty where there is none
 * @param shortForm option without the dots, e.g. {@code --port}; empty where there is none
 * @param aliases Nacos names of the same setting; the own name wins where both are given in one place
 * @param secret whether its value is masked wherever it is shown
 * @param meaning one line for people
 */
public record Setting<T>(
        String name,
        Kind<T> kind,
        Optional<String> defaultText,
        Optional<String> shortForm,
        List<String> aliases,
        boolean secret,
        String meaning) {

    private static final String ENVIRONMENT_PREFIX = "MUSTER_";

    static <T> Setting<T> of(String name, Kind<T> kind, String meaning) {
        return new Setting<>(name, kind, Optional.empty(), Optional.empty(), List.of(), false, meaning);
    }

    Setting<T> byDefault(String text) {
        return new Setting<>(name, kind, Optional.of(text), shortForm, aliases, secret, meaning);
    }

    Setting<T> option(String option) {
        return new Setting<>(name, kind, defaultText, Optional.of(option), aliases, secret, meaning);
    }

    Setting<T> alias(String... names) {
        return new Setting<>(name, kind, defaultText, shortForm, List.of(names), secret, meaning);
    }

    Setting<T> masked() {
        return new Setting<>(name, kind, defaultText, shortForm, aliases, true, meaning);
    }

    /** Stands for the value in the help, e.g. {@code PORT}. */
    public String label() {
        return kind.label();
    }

    /** Completes the sentence "takes …". */
    public String allowed() {
        return kind.allowed();
    }

    /** The environment variable of the own name: {@code MUSTER_SERVER_PEER_PORT} for {@code server.peer-port}. */
    public String environmentName() {
        return ENVIRONMENT_PREFIX + screaming(name);
    }

    /** How Spring's relaxed binding, and so Nacos, spells a property in the environment. */
    static String screaming(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
