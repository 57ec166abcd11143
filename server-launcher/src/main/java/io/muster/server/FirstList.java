package io.muster.server;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.HeldBackException;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.LookupSwitch;
import io.muster.member.lookup.MemberListException;
import io.muster.member.lookup.MemberLookup;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.LookupChoice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list that a server starts with: the lookup's, or the one remembered where an address server does not answer in good time, or where the lookup's lacks so much
 * of that one that it is held back. Blocks.
 */
final class FirstList {

    private static final Logger LOG = LoggerFactory.getLogger(FirstList.class);

    private FirstList() {}

    /**
     * Puts the first lookup in force.
     *
     * @param remembered what was in force last; empty if nothing is known
     * @return none where an address server does not answer and nothing is remembered: the node serves nobody until it answers (R33)
     * @throws ServerFailure if there is no good list in a mode that has it at hand
     */
    static List<MemberAddress> of(
            LookupSwitch lookup, LookupChoice choice, MemberLookup first, Optional<List<MemberAddress>> remembered) {
        if (choice.mode() == LookupMode.ADDRESS_SERVER) {
            LOG.info(
                    "asking {} for the members; waiting for {} s at most",
                    first.health().source(),
                    LookupSwitch.FIRST_LIST_WITHIN.toSeconds());
        }
        try {
            return lookup.begin(first, remembered.orElse(List.of()))
                    .toCompletableFuture()
                    .join();
        } catch (MemberListException e) {
            throw noList(e);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof MemberListException cause)) {
                throw e;
            }
            if (choice.mode() != LookupMode.ADDRESS_SERVER && !(cause instanceof HeldBackException)) {
                throw noList(cause);
            }
            LOG.warn(
                    "{}; starting {}, and asking on",
                    cause.getMessage(),
                    remembered.isPresent()
                            ? "with the list that was in force last, " + remembered.get()
                            : "without members: this node is not ready, and serves nobody, until there is a list");
            return remembered.orElse(List.of());
        }
    }

    private static ServerFailure noList(MemberListException e) {
        return new ServerFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
}
