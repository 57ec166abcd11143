/**
 * How a cluster comes to be, and how a node comes to one (design §4, "Founding"). Pure: a machine beside the role machine, which stands idle until this one
 * says that a cluster is founded or joined.
 *
 * <h2>Duties of the driver</h2>
 *
 * <ol>
 *   <li>Construct the machine with what is stored, feed the list, then {@link io.muster.raft.core.founding.Founding#tick} when {@code WakeAt} says so.
 *   <li>Make a {@link io.muster.raft.core.founding.FoundingEffect.StorePromise} durable, in order, then call {@code promiseStored}.
 *   <li>On {@code Found}: feed the role machine {@code Input.Found}; when its first entry is durable, call {@code standingChanged}.
 *   <li>On {@code Join}: store the cluster id durably, then call {@code standingChanged}; from then on frames of that cluster are taken.
 *   <li>On {@code Dissolve}: stop taking writes in the same turn, throw log and snapshots away durably, store the new cluster id, start the role machine anew.
 *   <li>Call {@code standingChanged} whenever voters change, the first client entry enters the log, or data has been set aside.
 * </ol>
 */
@NullMarked
package io.muster.raft.core.founding;

import org.jspecify.annotations.NullMarked;
