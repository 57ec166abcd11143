/**
 * The authenticated peer channel: every byte between members passes here (design §6). One listener, one event loop of its own, so that client
 * load never delays a heartbeat; one TCP connection in each direction of a pair; both ends prove the cluster secret before anything else of
 * theirs is parsed. Towards the engines it is {@link io.muster.member.port.PeerLinks} and one {@link io.muster.member.port.Net} for each {@link
 * io.muster.member.port.Lane}; it knows neither engine nor what a frame means. {@link io.muster.member.channel.PeerChannel} is the face.
 *
 * <p>Layers, from the wire inwards: {@code Handshake} proves the secret and gives two keys; {@code FrameDecoder} and {@code FrameEncoder} turn
 * sealed wire frames into fragments of messages and back; {@code Connection} feeds them from a socket; {@code Peer} holds the connections to one
 * node id and the queues towards it; {@code Dialer} and {@code Acceptor} bring connections about. The first two are pure.
 *
 * <p>Everything runs on the channel's own event-loop context, except for {@code LaneQueue} and {@code LaneNet}, which are where the drivers' threads
 * hand frames over. What an attacker on the network can and can't do is told in {@code docs/decisions/0050-peer-channel.md}. The handshake has the
 * shape of ISO/IEC 9798-4 (mutual authentication by a keyed check function, three passes and an answer).
 */
@NullMarked
package io.muster.member.channel;

import org.jspecify.annotations.NullMarked;
