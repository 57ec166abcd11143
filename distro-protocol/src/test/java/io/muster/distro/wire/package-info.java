/** The binary form of messages: every kind there and back, and whatever else may come. */
package io.muster.distro.wire;
