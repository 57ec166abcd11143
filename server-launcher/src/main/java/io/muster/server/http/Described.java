package io.muster.server.http;

import java.util.List;
import java.util.Optional;

/**
 * Something that is read by GET and answered beside the route table, for what is published about the API.
 *
 * @param path without the context prefix
 * @param summary one line for people
 * @param type of the answer
 * @param failure the status other than 200 that it answers
 * @param flags parameters without a value that it takes
 */
public record Described(String path, String summary, String type, Optional<Integer> failure, List<String> flags) {

    /** One that always answers 200, and takes no parameters. */
    Described(String path, String summary, String type) {
        this(path, summary, type, Optional.empty(), List.of());
    }

    /** One that may answer another status, too. */
    Described failing(int status) {
        return new Described(path, summary, type, Optional.of(status), flags);
    }

    /** One that takes a parameter without a value. */
    Described flag(String name) {
        return new Described(path, summary, type, failure, List.of(name));
    }
}
