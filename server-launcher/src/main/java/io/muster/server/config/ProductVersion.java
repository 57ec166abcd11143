package io.muster.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which version of Muster this is.
 *
 * @param text as in the project's POM, e.g. {@code 0.1.0}
 */
public record ProductVersion(String text) {

    private static final String RESOURCE = "/muster-version.properties";

    /** What the build wrote into the jar. */
    public static ProductVersion ofThisBuild() {
        Properties properties = new Properties();
        try (InputStream resource = ProductVersion.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("the jar lacks " + RESOURCE);
            }
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProductVersion(properties.getProperty("version"));
    }

    @Override
    public String toString() {
        return text;
    }
}
