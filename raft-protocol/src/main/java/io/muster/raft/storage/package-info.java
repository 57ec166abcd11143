/**
 * What is on disk: the segmented log with the hard state in it, and the snapshots (design §4, "Storage"). Everything goes through the {@link
 * io.muster.member.port.Disk} port; all calls and completions are on the engine's thread. The format is described in
 * {@code docs/raft-storage-format.md}.
 *
 * <p>The order that everything rests on: write the batch, sync it, tell the driver, then write the mark that names the synced end. The mark needs no
 * sync of its own: if it is lost, recovery knows a little less well what is a torn tail and what is damage, and nothing else.
 */
@NullMarked
package io.muster.raft.storage;

import org.jspecify.annotations.NullMarked;
