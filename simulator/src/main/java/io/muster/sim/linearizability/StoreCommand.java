package io.muster.sim.linearizability;

import java.util.Optional;

/** A command to a store of texts under keys. {@link RegisterModel} and {@link MapModel} say what each does. */
public sealed interface StoreCommand {

    /** Always done. Histories say most where each value is written once. */
    record Put(String value) implements StoreCommand {
        @Override
        public String toString() {
            return "put " + value;
        }
    }

    /** Always done, whether there was a value or not. */
    record Delete() implements StoreCommand {
        @Override
        public String toString() {
            return "delete";
        }
    }

    /**
     * Done where the expected value is stored, else a conflict. A write on condition of a version is this one too, as
     * long as each value is written once.
     *
     * @param expected empty: nothing is stored
     */
    record Cas(Optional<String> expected, String value) implements StoreCommand {
        @Override
        public String toString() {
            return "cas " + expected.orElse("absent") + " to " + value;
        }
    }

    /** The value of a key. */
    record Read() implements StoreCommand {
        @Override
        public String toString() {
            return "read";
        }
    }

    /** All keys and values at one instant. */
    record ReadAll() implements StoreCommand {
        @Override
        public String toString() {
            return "read all";
        }
    }
}
