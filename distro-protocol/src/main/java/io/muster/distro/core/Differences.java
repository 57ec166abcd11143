package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.Line;
import io.muster.distro.core.Message.Summary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one side of a verify round is to send and to ask for, found by comparing stamps. Absence says nothing: what the other side does not
 * have at all is sent to it. What nobody sees, tombstones and expired records, goes only where something older stands.
 */
final class Differences<V> {

    private final Records<V> records;
    private final Rules rules;
    private final int wantedMax;
    private final Step<V> step;

    private final List<DistroRecord<V>> toSend = new ArrayList<>();
    private final List<Key> wanted = new ArrayList<>();
    private final List<LeasedRecord<V>> dropped = new ArrayList<>();
    private int bytes;
    private boolean truncated;

    Differences(Records<V> records, Rules rules, int wantedMax, Step<V> step) {
        this.records = records;
        this.rules = rules;
        this.wantedMax = wantedMax;
        this.step = step;
    }

    /** Compares with what the other side holds in a slice of a group. */
    void compare(Summary theirs) {
        Set<String> known = new LinkedHashSet<>();
        for (Line line : theirs.lines()) {
            known.add(line.id());
            Key key = Key.ephemeral(theirs.group(), line.id());
            Entry<V> mine = records.find(key);
            if (mine == null) {
                if (line.stamp().visible()) {
                    want(key);
                }
            } else {
                int order = line.stamp().compareTo(mine.stamp());
                if (order > 0) {
                    want(key);
                } else if (order < 0) {
                    send(mine);
                }
            }
        }
        Group<V> group = records.findGroup(theirs.group());
        if (group != null) {
            group.entries.forEach(entry -> {
                if (Slices.of(entry.key().id(), theirs.slices()) == theirs.slice()
                        && !known.contains(entry.key().id())) {
                    otherLacks(entry);
                }
            });
        }
    }

    /** The other side holds nothing of the groups whose name has this hash. */
    void otherLacks(long nameHash) {
        for (Group<V> group : records.groupsFrom(nameHash)) {
            if (group.nameHash != nameHash) {
                return;
            }
            group.entries.forEach(this::otherLacks);
        }
    }

    List<DistroRecord<V>> toSend() {
        return toSend;
    }

    List<Key> wanted() {
        return wanted;
    }

    /** Records to be dropped for the other side's lack of them: none, unless a rule is broken. */
    List<LeasedRecord<V>> dropped() {
        return dropped;
    }

    /** Whether there is more than fits. */
    boolean truncated() {
        return truncated;
    }

    private void otherLacks(Entry<V> entry) {
        if (entry instanceof LeasedRecord<V> record && record.visible()) {
            if (rules.absenceSaysNothing()) {
                send(entry);
            } else {
                dropped.add(record);
            }
        }
    }

    private void send(Entry<V> entry) {
        if (bytes >= Sizes.MESSAGE_BYTES_MAX) {
            truncated = true;
            return;
        }
        bytes += Sizes.ofEntry(entry);
        toSend.add(records.told(entry, step.leaseNanos));
    }

    private void want(Key key) {
        if (wanted.size() >= wantedMax) {
            truncated = true;
        } else {
            wanted.add(key);
        }
    }
}
