package io.muster.server.http;

/**
 * Something that is read by GET and answered beside the route table, for what is published about the API.
 *
 * @param path without the context prefix
 * @param summary one line for people
 * @param type of the answer
 */
public record Described(String path, String summary, String type) {}
