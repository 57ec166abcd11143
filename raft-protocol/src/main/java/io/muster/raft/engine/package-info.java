/** The CP engine as its users see it: the consistency service for persistent keys, put together from driver, core, storage and state machine. */
@NullMarked
package io.muster.raft.engine;

import org.jspecify.annotations.NullMarked;
