package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.BucketDigest;
import io.muster.distro.core.Message.BucketGroups;
import io.muster.distro.core.Message.DigestBuckets;
import io.muster.distro.core.Message.DigestGroups;
import io.muster.distro.core.Message.DigestRecords;
import io.muster.distro.core.Message.DigestRoot;
import io.muster.distro.core.Message.GroupDigest;
import io.muster.distro.core.Message.Line;
import io.muster.distro.core.Message.Repair;
import io.muster.distro.core.Message.Repaired;
import io.muster.distro.core.Message.Summary;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The answering side of {@link Verify}: says what this node holds, one message for one message, and remembers nothing. */
final class DigestAnswers<V> {

    private final Records<V> records;
    private final Store<V> store;

    DigestAnswers(Records<V> records, Store<V> store) {
        this.records = records;
        this.store = store;
    }

    DigestBuckets<V> answer(DigestRoot<V> asked, long ring) {
        boolean equal = asked.root() == records.digest();
        List<BucketDigest> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < DigestTree.BUCKETS && !equal; bucket++) {
            if (records.bucketDigest(bucket) != 0) {
                buckets.add(new BucketDigest(bucket, records.bucketDigest(bucket)));
            }
        }
        return new DigestBuckets<>(asked.round(), equal, ring, buckets);
    }

    /** Digests of the groups in a bucket that show something; for both sides. */
    BucketGroups groupsOf(int bucket) {
        List<GroupDigest> groups = new ArrayList<>();
        for (Group<V> group : records.groupsOf(bucket)) {
            if (group.digest != 0) {
                int slices = Slices.countFor(group.entries.size());
                groups.add(
                        new GroupDigest(group.nameHash, group.digest, slices == 1 ? List.of() : slices(group, slices)));
            }
        }
        return new BucketGroups(bucket, groups);
    }

    DigestRecords<V> answer(DigestGroups<V> asked) {
        Answer answer = new Answer();
        for (BucketGroups bucket : asked.buckets()) {
            if (bucket.bucket() < DigestTree.BUCKETS) {
                compare(bucket, answer);
            }
        }
        return new DigestRecords<>(asked.round(), asked.step(), answer.summaries, answer.lacking, answer.more);
    }

    Repaired<V> answer(NodeId from, Repair<V> repair, Step<V> step) {
        List<DistroRecord<V>> wanted = new ArrayList<>();
        int bytes = 0;
        for (Key key : repair.wanted()) {
            Entry<V> entry = records.find(key);
            if (entry != null && bytes < Sizes.MESSAGE_BYTES_MAX) {
                bytes += Sizes.ofEntry(entry);
                wanted.add(records.told(entry, step.leaseNanos));
            }
        }
        repair.records().forEach(record -> store.merge(from, record, false, step));
        return new Repaired<>(repair.round(), repair.step(), wanted);
    }

    private static final class Answer {
        final List<Summary> summaries = new ArrayList<>();
        final List<Long> lacking = new ArrayList<>();
        int bytes;
        boolean more;
    }

    private void compare(BucketGroups theirs, Answer answer) {
        Map<Long, GroupDigest> told = new TreeMap<>();
        theirs.groups().forEach(group -> told.put(group.nameHash(), group));
        for (Group<V> group : records.groupsOf(theirs.bucket())) {
            GroupDigest other = told.remove(group.nameHash);
            long otherDigest = other == null ? 0 : other.digest();
            if (otherDigest != group.digest) {
                summarize(group, other == null ? List.of() : other.slices(), answer);
            }
        }
        answer.lacking.addAll(told.keySet());
    }

    private void summarize(Group<V> group, List<Long> theirSlices, Answer answer) {
        if (answer.more) {
            return;
        }
        boolean comparable = !theirSlices.isEmpty() && Slices.isCount(theirSlices.size());
        int count = comparable ? theirSlices.size() : Slices.countFor(group.entries.size());
        List<Long> mySlices = comparable ? slices(group, count) : List.of();
        int[] bytes = new int[count];
        group.entries.forEach(entry -> bytes[Slices.of(entry.key().id(), count)] +=
                Sizes.ofLine(entry.key().id()));
        TreeMap<Integer, List<Line>> told = new TreeMap<>();
        for (int slice = 0; slice < count && !answer.more; slice++) {
            if (comparable && mySlices.get(slice).equals(theirSlices.get(slice))) {
                continue;
            }
            answer.more = answer.bytes >= Sizes.MESSAGE_BYTES_MAX;
            if (!answer.more) {
                answer.bytes += group.name.length() + bytes[slice];
                told.put(slice, new ArrayList<>());
            }
        }
        group.entries.forEach(entry -> {
            List<Line> lines = told.get(Slices.of(entry.key().id(), count));
            if (lines != null) {
                lines.add(new Line(entry.key().id(), entry.stamp()));
            }
        });
        told.forEach((slice, lines) -> answer.summaries.add(new Summary(group.name, slice, count, lines)));
    }

    private List<Long> slices(Group<V> group, int count) {
        long[] digests = new long[count];
        group.entries.forEach(entry -> {
            if (entry instanceof LeasedRecord<V> record && record.visible()) {
                digests[Slices.of(entry.key().id(), count)] +=
                        RecordDigest.ofRecord(record.datum(), record.valueHash());
            }
        });
        List<Long> all = new ArrayList<>(count);
        for (long digest : digests) {
            all.add(digest);
        }
        return all;
    }
}
