package io.muster.server.config;

import java.util.List;

/** The configuration can't be used. Names every fault at once, so that an operator need not find them one start at a time. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // a list of strings; exceptions of this kind are never serialized
    private final List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /** One line each: property, value, where it came from, what is allowed. */
    public List<String> problems() {
        return problems;
    }
}
