package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import io.muster.member.port.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that a file names ({@code cluster.conf}, R61), watched: a change is taken up within a second or two, once the file is still and
 * valid. The file is the operator's and is only ever read.
 *
 * <p>It is polled: a poll costs one {@code stat} and works alike on every file system, over symbolic links that are swapped, renames onto the name,
 * and mounts that tell of no change. Reading goes on on a thread of its own; lists come on the driver's.
 */
public final class WatchedFileLookup implements MemberLookup {

    /** Twice this, for the file must be still from one look to the next, is well inside R61's bound. */
    public static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    /** A file that was written this long ago is still. */
    private static final Duration STILL_AFTER = Duration.ofSeconds(2);

    /** Looks at a file that changes all the time before the first list. */
    private static final int FIRST_LOOKS_MAX = 20;

    /** So many polls, and the content is read whatever times and length say: some file systems and copying programs don't tell. */
    private static final int POLLS_BETWEEN_READINGS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFileLookup.class);

    private final Path file;
    private final Time driver;
    private final Duration pollInterval;

    /** The reading thread's: polls so far, and what the content was when it was last read for its own sake. */
    private int polls;

    private int contentSeen;

    /** Never null; replaced on the reading thread. */
    private volatile LookupHealth health;

    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "muster-lookup-file");
        thread.setDaemon(true);
        return thread;
    });

    public WatchedFileLookup(Path file, Time driver) {
        this(file, driver, POLL_INTERVAL);
    }

    WatchedFileLookup(Path file, Time driver, Duration pollInterval) {
        this.file = file;
        this.driver = driver;
        this.pollInterval = pollInterval;
        this.health = LookupHealth.good(MemberFile.source(file));
    }

    /**
     * What tells one state of a file from the next.
     *
     * @param target the file that the path leads to now
     * @param key of its inode, where the file system has such
     * @param content hash of what it said when it was last read whatever the rest of the stamp said; 0 before that
     */
    private record Stamp(String target, long modifiedNanos, long bytes, Optional<Object> key, int content) {

        /** Of a file that can't be looked at. */
        static final Stamp NONE = new Stamp("", 0, -1, Optional.empty(), 0);

        Stamp with(int newContent) {
            return new Stamp(target, modifiedNanos, bytes, key, newContent);
        }

        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(
                        file.toRealPath().toString(),
                        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                        attributes.size(),
                        Optional.ofNullable(attributes.fileKey()),
                        0);
            } catch (IOException e) {
                return NONE;
            }
        }
    }

    @Override
    public String mode() {
        return LookupMode.FILE.configName();
    }

    /**
     * {@inheritDoc} The first list is read, once the file is still, and handed over before the call returns; the others come on the driver's thread.
     *
     * @throws MemberListException if the file can't be read, has faults, or names nobody
     */
    @Override
    public void start(ListListener listener) {
        Stamp stamp = Stamp.of(file);
        MemberList list = MemberFile.read(file);
        for (int look = 1; !isStill(stamp, look); look++) {
            LockSupport.parkNanos(pollInterval.toNanos());
            Stamp before = stamp;
            stamp = Stamp.of(file);
            list = MemberFile.read(file);
            if (stamp.equals(before)) {
                break;
            }
        }
        List<MemberAddress> members = list.orThrow(MemberFile.source(file));
        list.notes().forEach(note -> LOG.info("{}, {}", MemberFile.source(file), note));
        ListWatch watch = new ListWatch(MemberFile.source(file), stamp, members);
        listener.listed(members);
        reader.scheduleWithFixedDelay(
                () -> poll(watch, listener), pollInterval.toNanos(), pollInterval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Somebody may be writing it at this moment. */
    private boolean isStill(Stamp stamp, int looks) {
        if (looks > FIRST_LOOKS_MAX) {
            throw new MemberListException(List.of(MemberFile.source(file) + " is being written all the time"));
        }
        long ageMillis = driver.wallMillis() - TimeUnit.NANOSECONDS.toMillis(stamp.modifiedNanos());
        return Math.abs(ageMillis) >= STILL_AFTER.toMillis();
    }

    /** What a timer's task throws would end the watching, silently. */
    private void poll(ListWatch watch, ListListener listener) {
        try {
            look(watch, listener);
        } catch (RuntimeException e) {
            LOG.error("{} could not be looked at; looking again", MemberFile.source(file), e);
        }
    }

    private void look(ListWatch watch, ListListener listener) {
        if (polls++ % POLLS_BETWEEN_READINGS == 0) {
            contentSeen = read().hashCode();
        }
        Stamp stamp = Stamp.of(file).with(contentSeen);
        if (!watch.wants(stamp)) {
            return;
        }
        ListWatch.Verdict verdict = watch.saw(new ListWatch.Look(stamp, read()));
        health =
                new LookupHealth(MemberFile.source(file), watch.problem().isEmpty(), watch.refusals(), watch.problem());
        verdict.notes().forEach(note -> LOG.info("{}, {}", MemberFile.source(file), note));
        verdict.warnings().forEach(problem -> {
            LOG.warn("{}; the last good list stays in force", problem);
            tell(() -> listener.refused(problem));
        });
        verdict.taken().ifPresent(members -> {
            LOG.info("{} names other members now: {}", MemberFile.source(file), members);
            tell(() -> listener.listed(members));
        });
    }

    private void tell(Runnable news) {
        driver.execute(() -> {
            if (!reader.isShutdown()) {
                news.run();
            }
        });
    }

    private ListWatch.Content read() {
        try {
            return new ListWatch.Content.Read(MemberFile.read(file));
        } catch (MemberListException e) {
            return new ListWatch.Content.Unreadable(e.problems());
        }
    }

    @Override
    public LookupHealth health() {
        return health;
    }

    /** {@inheritDoc} The reading thread ends by itself soon after. */
    @Override
    public void stop() {
        reader.shutdownNow();
    }
}
