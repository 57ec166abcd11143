package io.muster.naming.registry;

import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Overlay;
import java.util.Optional;

/**
 * What operators said of one ephemeral instance, as far as it counts: the overlay that the persistent engine keeps, and
 * on top of it the word that it has not stored yet (X12).
 *
 * @param stored as the persistent engine keeps it
 * @param word later than what is stored; empty if there is no such word
 */
record Laid(Optional<Overlay> stored, Optional<Overlay> word) {

    static final Laid NOTHING = new Laid(Optional.empty(), Optional.empty());

    static Laid of(Optional<Overlay> stored, Optional<Overlay> word) {
        Optional<Overlay> open = word.flatMap(some -> open(stored, some));
        return stored.isEmpty() && open.isEmpty() ? NOTHING : new Laid(stored, open);
    }

    /**
     * Whether the persistent engine need not hear of the word any more. One that takes all back is stored, too, where nothing seems to be: this member
     * may only lag behind what is stored, and others may know what was said before.
     */
    static boolean covers(Optional<Overlay> stored, Overlay word) {
        return stored.filter(overlay -> overlay.said().number() >= word.said().number())
                .isPresent();
    }

    /** What of the word the persistent engine has yet to store: what it carries from before the stored one must not come back over that. */
    static Optional<Overlay> open(Optional<Overlay> stored, Overlay word) {
        return stored.isEmpty()
                ? Optional.of(word)
                : word.after(stored.get().said().number());
    }

    /** With another word that was found: the later of the two counts. */
    Laid with(Optional<Overlay> other) {
        boolean later = other.isPresent()
                && word.filter(mine ->
                                mine.said().number() >= other.get().said().number())
                        .isEmpty();
        return later ? of(stored, other) : this;
    }

    Instance over(Instance registered) {
        Instance shown = standing().map(overlay -> overlay.applyTo(registered)).orElse(registered);
        return word.isPresent() ? word.get().applyTo(shown) : shown;
    }

    Metadata over(Metadata registered) {
        Metadata shown = standing().map(overlay -> overlay.layOver(registered)).orElse(registered);
        return word.isPresent() ? word.get().layOver(shown) : shown;
    }

    /** Of the latest word that was heard of; 0 if there is none. */
    long number() {
        return word.or(() -> stored).map(overlay -> overlay.said().number()).orElse(0L);
    }

    /** What is stored, unless the word takes it back. */
    Optional<Overlay> standing() {
        return stored.filter(overlay ->
                !overlay.isEmpty() && !word.map(Overlay::takesAllBack).orElse(false));
    }

    /** The word, if it lays anything over the instance. */
    Optional<Overlay> pending() {
        return word.filter(some -> !some.isEmpty()).map(Overlay::merged);
    }

    /** Whether readers see anything but what the client registered. */
    boolean isVisible() {
        return standing().isPresent() || pending().isPresent();
    }
}
