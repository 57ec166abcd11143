package io.muster.naming.api;

import java.util.Optional;

/** Where a request's parameters are looked for: its query, or its body. */
interface ParameterSource {

    /** The first value of that name that is not blank, trimmed. */
    Optional<String> find(String name);

    /** Whether there is a parameter of that name, be it blank. */
    boolean contains(String name);
}
