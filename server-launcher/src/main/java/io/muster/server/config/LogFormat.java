package io.muster.server.config;

/** How a log event is written to standard error. */
public enum LogFormat {
    /** A line for people. */
    TEXT,
    /** A JSON object for machines. */
    JSON
}
