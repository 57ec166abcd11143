package io.muster.simulation.health;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Key;
import io.muster.naming.check.CheckOwnership;
import io.muster.naming.check.core.CheckRules;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.sim.run.KillMatrix;
import java.util.Optional;
import java.util.Set;

/** Checks or operators' words that are wrong on purpose, and the invariant that must notice (simulation spec §10). */
enum HealthBug {
    NONE("", new CheckRules()),

    ONE_RESULT_FLIPS("HO1", new CheckRules() {
        @Override
        public boolean flips(int agreeing, int times) {
            return agreeing >= 1;
        }
    }),

    A_FLIP_KEEPS_RESULTS("HO1", new CheckRules() {
        @Override
        public boolean flipEndsResults() {
            return false;
        }
    }),

    ANOTHERS_VERDICT_KEEPS_RESULTS("HO1", new CheckRules() {
        @Override
        public boolean othersVerdictEndsResults() {
            return false;
        }
    }),

    /** The server that is held up takes its own lateness for silence. */
    A_STARVED_SERVER_BELIEVES_SILENCE("HO2", new CheckRules() {
        @Override
        public boolean silenceCounts(boolean heldUp, boolean cutOff) {
            return !cutOff;
        }
    }),

    A_MINORITY_BELIEVES_SILENCE("HO3", new CheckRules() {
        @Override
        public boolean silenceCounts(boolean heldUp, boolean cutOff) {
            return !heldUp;
        }
    }),

    /** Before anybody can know that he is cut off. */
    SILENCE_IS_BELIEVED_AT_ONCE("HO3", new CheckRules() {
        @Override
        public boolean isBelieved(long silentForNanos, long heldNanos) {
            return true;
        }
    }),

    WHAT_WE_LACK_IS_THEIR_FAILURE("HO2", new CheckRules() {
        @Override
        public boolean isTargetsFailure(Obstacle obstacle, boolean othersAnswer) {
            return true;
        }
    }),

    /** Whoever lost the responsibility goes on. */
    NOTHING_IS_LET_GO("HO4", new CheckRules() {
        @Override
        public boolean letsGo() {
            return false;
        }
    }),

    /** Not in the core: all members take themselves for responsible. */
    EVERYBODY_CHECKS("HO4", new CheckRules()),

    /** A target in doubt is looked at when its turn comes. */
    NOTHING_IS_SOON("HO5", new CheckRules() {
        @Override
        public boolean isSoon(boolean inDoubt) {
            return false;
        }
    }),

    /** A verdict that was not written is not written later. */
    A_FLIP_IS_ASKED_FOR_ONCE("HO5", new CheckRules() {
        @Override
        public boolean asksAgain(long sinceAskedNanos, long patienceNanos) {
            return false;
        }
    }),

    /** Not in the core: who becomes responsible does not hear of it. */
    A_TAKEOVER_GOES_UNNOTICED("HO5", new CheckRules()),

    DELETES_AT_ONCE("HO7", new CheckRules() {
        @Override
        public boolean deletes(
                long unhealthyMillis, long deleteAfterMillis, int failuresInARow, int times, boolean tooMany) {
            return failuresInARow >= times && !tooMany;
        }
    }),

    DELETES_ALL_THERE_IS("HO7", new CheckRules() {
        @Override
        public boolean deletes(
                long unhealthyMillis, long deleteAfterMillis, int failuresInARow, int times, boolean tooMany) {
            return unhealthyMillis >= deleteAfterMillis && failuresInARow >= times;
        }
    }),

    /** The stored overlay keeps only what was said last. */
    A_WORD_REPLACES_THE_OTHERS("HO6", new CheckRules()),

    /** What no leader took is not tried again. */
    NOBODY_STORES_WORDS("HO6", new CheckRules()),

    /** As before the third format: what was said earlier, and is not known to be stored, is said anew with each word. */
    EARLIER_WORDS_ARE_SAID_ANEW("HO6", new CheckRules()),

    /** As if no member heeded what the admin said that a service holds. */
    A_SERVICE_TAKES_ANY_KIND("IX2", new CheckRules()),

    /** Whoever registers anew is kept by the other engine from then on. */
    AN_INSTANCE_CHANGES_ENGINE("IX2", new CheckRules());

    private final String invariant;

    @SuppressWarnings("ImmutableEnumChecker") // rules have no state
    private final CheckRules rules;

    HealthBug(String invariant, CheckRules rules) {
        this.invariant = invariant;
        this.rules = rules;
    }

    CheckRules rules() {
        return rules;
    }

    CheckOwnership ownership(CheckOwnership sound) {
        return this == EVERYBODY_CHECKS || this == A_TAKEOVER_GOES_UNNOTICED ? new Broken(sound, this) : sound;
    }

    FormatInForce format() {
        return this == EARLIER_WORDS_ARE_SAID_ANEW ? new Held(FormatInForce.SECOND) : FormatInForce.ALL;
    }

    ConsistencyService<RegistryRecord> engines(ConsistencyService<RegistryRecord> sound) {
        return switch (this) {
            case A_WORD_REPLACES_THE_OTHERS -> new WatchedEngines(sound, HealthBug::oneFieldAlone);
            case AN_INSTANCE_CHANGES_ENGINE ->
                new WatchedEngines(
                        sound,
                        change ->
                                inTheOtherEngine(change, sound.get(change.key()).isPresent()));
            default -> sound;
        };
    }

    boolean holdsKinds() {
        return this != A_SERVICE_TAKES_ANY_KIND;
    }

    private static Change<RegistryRecord> inTheOtherEngine(Change<RegistryRecord> change, boolean known) {
        return known
                        && change instanceof Change.Put<RegistryRecord> put
                        && put.value() instanceof Instance instance
                        && instance.ephemeral()
                ? Change.put(Key.persistent(put.key().group(), put.key().id()), instance, Condition.ALWAYS)
                : change;
    }

    private static Change<RegistryRecord> oneFieldAlone(Change<RegistryRecord> change) {
        return change instanceof Change.Put<RegistryRecord> put
                        && put.value() instanceof Overlay overlay
                        && overlay.metadata().isPresent()
                ? Change.put(
                        put.key(),
                        new Overlay(Optional.empty(), Optional.empty(), overlay.metadata()).saidAs(overlay.said()),
                        put.condition())
                : change;
    }

    KillMatrix.PlantedBug planted() {
        return new KillMatrix.PlantedBug(name(), new HealthOverlaySubject(this), Set.of(invariant));
    }

    private record Held(int number) implements FormatInForce {

        @Override
        public String heldBackBy() {
            return "a planted bug";
        }
    }

    private record Broken(CheckOwnership sound, HealthBug bug) implements CheckOwnership {

        @Override
        public boolean isMine(String name) {
            return bug == EVERYBODY_CHECKS || sound.isMine(name);
        }

        @Override
        public long epoch() {
            return bug == A_TAKEOVER_GOES_UNNOTICED ? 0 : sound.epoch();
        }

        @Override
        public boolean isCutOff() {
            return sound.isCutOff();
        }

        @Override
        public boolean isAlone() {
            return sound.isAlone();
        }
    }
}
