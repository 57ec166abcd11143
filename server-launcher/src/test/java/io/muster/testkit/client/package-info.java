/**
 * The client side of tests with real servers: the registry's HTTP interface as a client uses it that tries other nodes,
 * with deadlines, and a history of what it was told. Knows the servers' URLs and {@code spec/nacos-v1-http.md}, nothing
 * else. Any thread may use all of it.
 */
@NullMarked
package io.muster.testkit.client;

import org.jspecify.annotations.NullMarked;
