/**
 * The process kit: real servers as processes of their own, for tests of this and of other modules and for benchmarks. Needs the built jar, and
 * nothing of the server's classes.
 */
package io.muster.testkit;
