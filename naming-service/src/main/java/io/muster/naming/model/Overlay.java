package io.muster.naming.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operator's word on an ephemeral instance: exactly the fields that were sent, laid over whatever its client
 * registers (X12). It stands in two places. The persistent engine keeps all of them merged, under the instance's
 * identity; until it has, the instance's own record carries the word ({@link Instance#word()}).
 *
 * @param resets whether it takes back everything said before it; of a word only, what is stored never does
 * @param said the latest word in it
 * @param absentSinceWallMillis since when no instance is known that it lies on, as the leader noted it; 0 for none
 * @param upon of a word only: the one that it was said upon, which was not stored then. It keeps its own number, since something else may have been stored
 *     between the two, over which the earlier must not come back
 */
public record Overlay(
        Optional<Double> weight,
        Optional<Boolean> enabled,
        Optional<MetadataEdit> metadata,
        boolean resets,
        WordStamp said,
        long absentSinceWallMillis,
        Optional<Overlay> upon)
        implements RegistryRecord {

    /** Words that one record carries, each with its number; of more, the earliest become one. */
    public static final int CARRIED_MAX = 32;

    /** @throws IllegalArgumentException also if it carries too many words, later ones, what it takes back, or more than one overlay may hold */
    public Overlay {
        weight = weight.map(Instance::checkedWeight);
        if (absentSinceWallMillis < 0) {
            throw new IllegalArgumentException("absent since before 1970: " + absentSinceWallMillis);
        }
        if (upon.isPresent()) {
            Overlay earlier = upon.get();
            if (resets || earlier.said.number() >= said.number() || earlier.carried() >= CARRIED_MAX) {
                throw new IllegalArgumentException("word " + said.number() + " can't be said upon " + earlier.carried()
                        + ", the last of which is " + earlier.said.number());
            }
            requireWithinBounds(earlier, new Overlay(weight, enabled, metadata, false, said, absentSinceWallMillis));
        }
    }

    /** Whatever of the first words is stored and falls away: the rest must do as an overlay, too, though those replaced what it drops. */
    private static void requireWithinBounds(Overlay earlier, Overlay latest) {
        List<Overlay> later = new ArrayList<>(List.of(latest));
        for (Optional<Overlay> before = Optional.of(earlier); before.isPresent(); before = before.get().upon) {
            later.add(0, before.get().alone());
            Overlay rest = later.get(0);
            for (Overlay next : later.subList(1, later.size())) {
                rest = rest.with(next);
            }
        }
    }

    /** What stands alone. */
    public Overlay(
            Optional<Double> weight,
            Optional<Boolean> enabled,
            Optional<MetadataEdit> metadata,
            boolean resets,
            WordStamp said,
            long absentSinceWallMillis) {
        this(weight, enabled, metadata, resets, said, absentSinceWallMillis, Optional.empty());
    }

    /** Fields alone. */
    public Overlay(Optional<Double> weight, Optional<Boolean> enabled, Optional<MetadataEdit> metadata) {
        this(weight, enabled, metadata, false, WordStamp.NONE, 0);
    }

    public static Overlay ofMetadata(MetadataEdit edit) {
        return new Overlay(Optional.empty(), Optional.empty(), Optional.of(edit));
    }

    /** The word that takes all others back. */
    public static Overlay reset() {
        return new Overlay(Optional.empty(), Optional.empty(), Optional.empty(), true, WordStamp.NONE, 0);
    }

    @Override
    public Kind kind() {
        return Kind.OVERLAY;
    }

    /** Whether it changes no instance. */
    public boolean isEmpty() {
        return hasNoField() && upon.filter(earlier -> !earlier.isEmpty()).isEmpty();
    }

    private boolean hasNoField() {
        return weight.isEmpty() && enabled.isEmpty() && metadata.isEmpty();
    }

    /** Whether it, or a word that it carries, takes back what is stored. */
    public boolean takesAllBack() {
        return resets || upon.filter(Overlay::takesAllBack).isPresent();
    }

    /** Without those that it carries. */
    public Overlay alone() {
        return carrying(Optional.empty());
    }

    /** Whether it is that word, which carries nothing, or carries it. */
    public boolean carries(Overlay word) {
        return alone().equals(word)
                || upon.filter(earlier -> earlier.carries(word)).isPresent();
    }

    /** Those that it carries and itself, each without the others, in the order in which they were said. */
    public List<Overlay> each() {
        List<Overlay> words = new ArrayList<>();
        for (Optional<Overlay> word = Optional.of(this); word.isPresent(); word = word.get().upon) {
            words.add(0, word.get().alone());
        }
        return List.copyOf(words);
    }

    private int carried() {
        return 1 + upon.map(Overlay::carried).orElse(0);
    }

    public Overlay saidAs(WordStamp stamp) {
        return new Overlay(weight, enabled, metadata, resets, stamp, absentSinceWallMillis, upon);
    }

    public Overlay absentSince(long wallMillis) {
        return new Overlay(weight, enabled, metadata, resets, said, wallMillis, upon);
    }

    private Overlay carrying(Optional<Overlay> earlier) {
        return new Overlay(weight, enabled, metadata, resets, said, absentSinceWallMillis, earlier);
    }

    /**
     * This word, with what of an earlier one it does not say anew.
     *
     * @param open not stored yet
     * @throws IllegalArgumentException as {@link #then} does
     */
    public Overlay saidUpon(Overlay open) {
        return resets ? this : carrying(open.without(this).map(left -> left.bounded(CARRIED_MAX - 1)));
    }

    private Optional<Overlay> without(Overlay later) {
        Optional<Overlay> earlier = upon.flatMap(before -> before.without(later));
        Overlay left = new Overlay(
                later.weight.isPresent() ? Optional.empty() : weight,
                later.enabled.isPresent() ? Optional.empty() : enabled,
                metadata.flatMap(
                        mine -> later.metadata.isEmpty() ? Optional.of(mine) : mine.without(later.metadata.get())),
                resets,
                said,
                absentSinceWallMillis,
                earlier);
        return left.hasNoField() && !resets ? earlier : Optional.of(left);
    }

    /** The earliest become one with the first of their numbers: what was stored stands, rather than what was to be. */
    private Overlay bounded(int words) {
        if (carried() <= words) {
            return this;
        }
        return words == 1 ? merged().saidAs(first().said) : carrying(upon.map(before -> before.bounded(words - 1)));
    }

    private Overlay first() {
        return upon.map(Overlay::first).orElse(this);
    }

    /** What of the word is later than the one of that number. */
    public Optional<Overlay> after(long number) {
        return said.number() <= number
                ? Optional.empty()
                : Optional.of(carrying(upon.flatMap(before -> before.after(number))));
    }

    /** Itself and all that it carries as one, which has its number. */
    public Overlay merged() {
        return upon.map(before -> before.merged().with(this)).orElse(this);
    }

    /**
     * Field by field: what the later word does not mention stands as before, unless it takes that back.
     *
     * @throws IllegalArgumentException if the metadata of both is beyond the bounds of {@link Limits}
     */
    public Overlay then(Overlay later) {
        return later.upon.map(this::then).orElseGet(this::merged).with(later);
    }

    /** Of one that carries nothing: with a later word, but for what that carries. */
    private Overlay with(Overlay later) {
        if (later.resets) {
            return later;
        }
        Optional<MetadataEdit> both = later.metadata.isEmpty()
                ? metadata
                : Optional.of(
                        metadata.map(mine -> mine.then(later.metadata.get())).orElseGet(later.metadata::get));
        return new Overlay(
                later.weight.or(() -> weight),
                later.enabled.or(() -> enabled),
                both,
                resets,
                later.said,
                later.absentSinceWallMillis);
    }

    /** As the persistent engine keeps it: what was taken back is gone, so nothing is left to take back. */
    public Overlay stored() {
        Overlay all = merged();
        return new Overlay(all.weight, all.enabled, all.metadata, false, said, absentSinceWallMillis);
    }

    /** What readers are shown of an instance that this overlay lies on; never refused. */
    public Instance applyTo(Instance registered) {
        Instance instance = upon.map(before -> before.applyTo(registered)).orElse(registered);
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.cluster(),
                weight.orElse(instance.weight()),
                enabled.orElse(instance.enabled()),
                instance.healthy(),
                instance.ephemeral(),
                own(instance.metadata()),
                instance.app(),
                instance.number(),
                instance.word());
    }

    /** What readers are shown of an instance's metadata; never refused. */
    public Metadata layOver(Metadata registered) {
        return own(upon.map(before -> before.layOver(registered)).orElse(registered));
    }

    private Metadata own(Metadata under) {
        return metadata.map(edit -> edit.layOver(under)).orElse(under);
    }
}
