package io.muster.distro.core;

import io.muster.distro.core.Message.Aged;
import io.muster.distro.core.Message.LeaseAges;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of leases when the responsible member of their group changes (design §5, "Responsibility").
 *
 * <p>Who takes a group over has not heard its beats: it grants each lease one full timeout, unless the member before told it the ages. Who
 * gets a group back within a timeout counts on from where it stopped, so that a member that comes and goes restarts no clock. Who loses a
 * group tells its ages to the next one, as when it leaves in good order.
 */
final class Takeover<V> implements Records.Handover<V> {

    /** Ages that came this long before a group did say enough of it. */
    private static final long AGES_COUNT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Records<V> records;
    private final Sessions<V> sessions;
    private final Rules rules;

    private Responsibility responsibility = Responsibility.NOBODY;
    private Peers peers = Peers.NONE;
    private Step<V> step;
    private final Map<NodeId, List<Group<V>>> lost = new TreeMap<>();
    private long gainedTotal;

    Takeover(Records<V> records, Sessions<V> sessions, Rules rules, Step<V> first) {
        this.records = records;
        this.sessions = sessions;
        this.rules = rules;
        this.step = first;
    }

    /** Groups that this node became responsible for. */
    long gainedTotal() {
        return gainedTotal;
    }

    /** Divides the groups anew. */
    void reassign(Responsibility newResponsibility, NodeId self, Peers newPeers, Step<V> newStep) {
        boolean sameRing = newResponsibility.members().equals(responsibility.members());
        responsibility = newResponsibility;
        peers = newPeers;
        step = newStep;
        if (sameRing) {
            return;
        }
        records.reassign(
                nameHash ->
                        responsibility.memberFor(nameHash).filter(self::equals).isPresent(),
                this);
        lost.forEach(this::tellAges);
        lost.clear();
    }

    @Override
    public void gained(Group<V> group) {
        gainedTotal++;
        boolean agesKnown = step.leaseNanos - group.agesToldNanos < AGES_COUNT_NANOS;
        long lostNanos = group.lostNanos;
        group.entries.forEach(entry -> {
            if (entry instanceof LeasedRecord<V> record && record.visible()) {
                if (!agesKnown && rules.grantsOnTakeover()) {
                    grant(record, lostNanos);
                }
                sessions.reschedule(record, step);
            }
        });
    }

    private void grant(LeasedRecord<V> record, long lostNanos) {
        if (step.leaseNanos - lostNanos < record.removeAfterNanos()) {
            record.shiftGrant(lostNanos, step.leaseNanos);
        } else {
            record.grant(step.leaseNanos);
        }
    }

    @Override
    public void lost(Group<V> group) {
        group.lostNanos = step.leaseNanos;
        responsibility
                .memberFor(group.nameHash)
                .filter(peers::isAlive)
                .ifPresent(next ->
                        lost.computeIfAbsent(next, id -> new ArrayList<>()).add(group));
    }

    /** The member that was responsible tells how old the leases are. */
    void agesTold(LeaseAges<V> told, Step<V> now) {
        for (Aged aged : told.ages()) {
            LeasedRecord<V> record = records.findRecord(aged.key());
            if (record != null && record.visible()) {
                boolean responsible = records.open(aged.key().group()).responsible;
                record.inherit(now.leaseNanos - TimeUnit.MILLISECONDS.toNanos(aged.ageMillis()), responsible);
                sessions.reschedule(record, now);
            }
        }
        for (String name : told.groups()) {
            Group<V> group = records.findGroup(name);
            if (group != null) {
                group.agesToldNanos = now.leaseNanos;
            }
        }
    }

    /** Groups go as a whole, so that the receiver knows which it knows all of; one too large for a message is granted its timeout. */
    private void tellAges(NodeId next, List<Group<V>> groups) {
        List<String> names = new ArrayList<>();
        List<Aged> ages = new ArrayList<>();
        int bytes = 0;
        for (Group<V> group : groups) {
            List<Aged> ofGroup = agesOf(group);
            int groupBytes = group.name.length()
                    + ofGroup.stream()
                            .mapToInt(aged -> Sizes.ofKey(aged.key()) + 4)
                            .sum();
            if (ofGroup.isEmpty() || groupBytes > Sizes.MESSAGE_BYTES_MAX) {
                continue;
            }
            if (bytes + groupBytes > Sizes.MESSAGE_BYTES_MAX) {
                step.send(next, new LeaseAges<>(List.copyOf(names), List.copyOf(ages)));
                names.clear();
                ages.clear();
                bytes = 0;
            }
            bytes += groupBytes;
            names.add(group.name);
            ages.addAll(ofGroup);
        }
        if (!names.isEmpty()) {
            step.send(next, new LeaseAges<>(names, ages));
        }
    }

    private List<Aged> agesOf(Group<V> group) {
        List<Aged> ages = new ArrayList<>();
        group.entries.forEach(entry -> {
            if (entry instanceof LeasedRecord<V> record && record.visible()) {
                long ageNanos = Math.max(0, record.countedSilenceNanos(step.leaseNanos));
                ages.add(new Aged(record.key(), TimeUnit.NANOSECONDS.toMillis(ageNanos)));
            }
        });
        return ages;
    }
}
