package io.muster.server;

import io.muster.member.MemberAddress;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ServerConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds out under which name this node stands in the member list: the one that the configuration gives, else host:port of the listener, else a listed
 * name that leads to the listener. Asks the name service, so it blocks, and belongs to the start. A name that no line has is no fault: member health
 * finds this node behind any spelling by a handshake, and says if there is none.
 */
final class SelfAddress {

    private final ServerConfig.Listen listen;
    private final int port;
    private final int peerPort;

    /**
     * @param port for clients, as opened
     * @param peerPort for members, as it will be opened
     */
    SelfAddress(ServerConfig.Listen listen, int port, int peerPort) {
        this.listen = listen;
        this.port = port;
        this.peerPort = peerPort;
    }

    /**
     * @return with the peer port of the list, where the list has this name: that is where the others dial
     * @throws ServerFailure if this node listens on all addresses, so that it has no name of its own, and nobody listed is here
     */
    MemberAddress in(List<MemberAddress> listed) {
        MemberAddress configured = listen.advertise()
                .map(name -> new MemberAddress(name.host(), name.port(), peerPort))
                .orElseGet(() -> new MemberAddress(listen.host(), port, peerPort));
        Optional<MemberAddress> byName = listed.stream()
                .filter(member -> member.name().equalsIgnoreCase(configured.name()))
                .findFirst();
        if (byName.isPresent() || listen.advertise().isPresent()) {
            return byName.orElse(configured);
        }
        Optional<InetAddress> host = resolved(listen.host());
        boolean everywhere = host.filter(InetAddress::isAnyLocalAddress).isPresent();
        Set<InetAddress> own =
                everywhere ? addressesOfThisMachine() : host.map(Set::of).orElse(Set.of());
        Optional<MemberAddress> byAddress = listed.stream()
                .filter(member -> member.port() == port)
                .filter(member -> resolved(member.host()).filter(own::contains).isPresent())
                .findFirst();
        if (everywhere && listed.isEmpty()) {
            throw new ServerFailure(
                    ExitCode.CONFIGURATION,
                    "there is no list of members yet, and this node listens on all addresses (" + listen.host()
                            + "): without a list it starts only if --advertise HOST:PORT says which member it is");
        }
        if (byAddress.isEmpty() && everywhere) {
            throw new ServerFailure(
                    ExitCode.CONFIGURATION,
                    "this node listens on all addresses (" + listen.host()
                            + "), and no listed member is this machine at port " + port
                            + ": say which member it is by --advertise HOST:PORT");
        }
        return byAddress.orElse(configured);
    }

    /** Whether the list names this node, by its name or by one that leads to its listener. Blocks. */
    boolean isListed(List<MemberAddress> listed, MemberAddress self) {
        boolean byName = listed.stream().anyMatch(member -> member.name().equalsIgnoreCase(self.name()));
        Optional<InetAddress> host = resolved(self.host());
        return byName
                || listed.stream()
                        .filter(member -> member.port() == self.port())
                        .map(member -> resolved(member.host()))
                        .anyMatch(address -> address.isPresent() && address.equals(host));
    }

    private static Optional<InetAddress> resolved(String host) {
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static Set<InetAddress> addressesOfThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
        } catch (SocketException e) {
            return Set.of();
        }
    }
}
