package io.muster.server;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.AddressServerLookup;
import io.muster.member.lookup.FixedListLookup;
import io.muster.member.lookup.MemberListException;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.lookup.StandaloneLookup;
import io.muster.member.lookup.WatchedFileLookup;
import io.muster.member.port.Time;
import io.muster.server.config.LookupChoice;
import io.vertx.core.Vertx;

/**
 * Makes the lookup that a configuration comes down to; it has not started.
 *
 * @param vertx asks address servers
 * @param driver lists come on its thread
 */
record Lookups(Vertx vertx, Time driver) {

    /**
     * @param self what the lookup of a node alone lists
     * @throws MemberListException if the configuration's own list has faults, or names nobody
     */
    MemberLookup lookup(LookupChoice choice, MemberAddress self) {
        return switch (choice.mode()) {
            case STANDALONE -> new StandaloneLookup(self);
            case FILE ->
                choice.fixed()
                        .<MemberLookup>map(list -> new FixedListLookup(list, LookupChoice.nameOfFixedList()))
                        .orElseGet(() -> new WatchedFileLookup(choice.file().orElseThrow(), driver));
            case ADDRESS_SERVER ->
                new AddressServerLookup(choice.addressServer().orElseThrow(), vertx, driver, choice.asking());
            case AUTO -> throw new IllegalStateException("auto is no lookup: " + choice);
        };
    }
}
