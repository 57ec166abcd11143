/**
 * Unmodified clients against the real server process. The class path of these tests is a Nacos client's own: nothing of
 * the server is on it, the server runs as a process of its own ({@link io.muster.compatibility.ClassPathIT} holds
 * that).
 */
package io.muster.compatibility;
