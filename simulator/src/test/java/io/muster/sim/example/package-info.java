/**
 * The simulator's own example: an atomic register on a quorum of replicas (Attiya, Bar-Noy and Dolev, "Sharing memory robustly in
 * message-passing systems", J. ACM 42(1), 1995), with its state on disk, driven through the ports as an engine is, and broken on purpose in
 * a dozen ways. It shows how a subject is written, and proves that the kit finds, shrinks and replays.
 */
package io.muster.sim.example;
