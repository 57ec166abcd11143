/**
 * What must be seen on a real server process, by plain HTTP: durability under {@code kill -9}, damage, torn tails and a
 * full disk, and many clients at once. Knows the server only from outside: its command line, its HTTP interface, and
 * the files it leaves.
 */
package io.muster.acceptance;
