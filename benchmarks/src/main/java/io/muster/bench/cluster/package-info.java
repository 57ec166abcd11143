/**
 * Persistent writes on three nodes of one machine, beside etcd in the same run: how many a second through the leader and through another node,
 * how long each takes, and how many fdatasyncs one costs. Runs on the main thread; both contenders are real processes on loopback.
 */
@NullMarked
package io.muster.bench.cluster;

import org.jspecify.annotations.NullMarked;
