package io.muster.naming.api.v1;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.api.Param;
import io.muster.naming.model.Metadata;
import io.muster.naming.registry.ServiceView;

/**
 * The selector of a service list: {@code INSTANCE.metadata.k = 'v'} for services with such an instance, {@code
 * SERVICE.metadata.k = 'v'} for services that bear it themselves (Nacos 1.4, ServiceManager.matchUnderlineSelector).
 * Another thing than the selector of a service.
 */
record ServiceFilter(Subject subject, String key, String value) {

    /** Whose metadata counts. */
    private enum Subject {
        ANY,
        INSTANCE,
        SERVICE
    }

    private static final int CHARS_MAX = 4096;
    private static final String INSTANCE_PREFIX = "INSTANCE.metadata.";
    private static final String SERVICE_PREFIX = "SERVICE.metadata.";

    static final Param<ServiceFilter> PARAM = Param.structured(
            "selector",
            CHARS_MAX,
            "{\"type\":\"label\",\"expression\":\"INSTANCE.metadata.zone = 'a'\"}",
            ServiceFilter::read);

    private static ServiceFilter read(String text) {
        JsonNode json = JsonTexts.object(text);
        return switch (json.path("type").asText("none")) {
            case "none" -> new ServiceFilter(Subject.ANY, "", "");
            case "label" -> expression(json.path("expression").asText(""));
            default -> throw new IllegalArgumentException("not match any type of selector!");
        };
    }

    private static ServiceFilter expression(String text) {
        int equals = text.indexOf('=');
        String subject = equals < 0 ? "" : text.substring(0, equals).trim();
        String value = equals < 0 ? "" : text.substring(equals + 1).trim();
        boolean quoted = value.length() >= 2 && value.startsWith("'") && value.endsWith("'");
        if (quoted && subject.startsWith(INSTANCE_PREFIX)) {
            return new ServiceFilter(Subject.INSTANCE, subject.substring(INSTANCE_PREFIX.length()), unquoted(value));
        }
        if (quoted && subject.startsWith(SERVICE_PREFIX)) {
            return new ServiceFilter(Subject.SERVICE, subject.substring(SERVICE_PREFIX.length()), unquoted(value));
        }
        throw new IllegalArgumentException("parse expression failed!");
    }

    private static String unquoted(String value) {
        return value.substring(1, value.length() - 1);
    }

    boolean matches(ServiceView service) {
        return switch (subject) {
            case ANY -> true;
            case INSTANCE ->
                service.instances().stream()
                        .anyMatch(instance -> bears(instance.shown().metadata()));
            case SERVICE -> bears(service.definition().metadata());
        };
    }

    private boolean bears(Metadata metadata) {
        return metadata.get(key).filter(value::equals).isPresent();
    }
}
