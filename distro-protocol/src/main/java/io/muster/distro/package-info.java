/**
 * The AP engine's public face: {@link io.muster.distro.DistroEngine} implements the consistency service for ephemeral keys. The protocol is
 * in {@code core}, the thread and the effects in {@code driver}.
 */
@NullMarked
package io.muster.distro;

import org.jspecify.annotations.NullMarked;
