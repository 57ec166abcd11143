/** What the core knows of the log: indices and terms, not payloads, so that it stays small however long the log is. */
@NullMarked
package io.muster.raft.core.log;

import org.jspecify.annotations.NullMarked;
