package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.member.MemberAddress;
import io.muster.member.port.Time;
import io.muster.member.port.VertxTime;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R61 on a real file system. */
class WatchedFileLookupTest {

    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final List<List<MemberAddress>> lists = new CopyOnWriteArrayList<>();
    private Path file;
    private WatchedFileLookup lookup;

    @BeforeEach
    void twoMembers() throws IOException {
        file = Files.writeString(directory.resolve("cluster.conf"), "10.0.0.1\n10.0.0.2\n");
        lookup = new WatchedFileLookup(file, new VertxTime(vertx.getOrCreateContext()), POLL);
    }

    @AfterEach
    void stop() throws Exception {
        lookup.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void firstList_isThereWhenStartReturns() {
        lookup.start(lists::add);
        assertThat(lists).containsExactly(members(1, 2));
    }

    @Test
    void edit_isTaken_andTheFileLeftAsItIs() throws IOException {
        lookup.start(lists::add);
        String text = "# grown\n10.0.0.1\n10.0.0.2\n10.0.0.3\n";
        Files.writeString(file, text);
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 2, 3));
        assertThat(file).hasContent(text);
    }

    /** Somebody is writing it while the server starts. */
    @Test
    void firstList_isTakenWhenTheFileIsStill() throws Exception {
        Files.writeString(file, "10.0.0.1\n");
        lookup = new WatchedFileLookup(file, new VertxTime(vertx.getOrCreateContext()), Duration.ofMillis(400));
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> lookup.start(lists::add));
        vertx.setTimer(
                50, id -> vertx.fileSystem().writeFileBlocking(file.toString(), Buffer.buffer("10.0.0.1\n10.0.0.2\n")));
        started.get(10, TimeUnit.SECONDS);
        assertThat(lists).containsExactly(members(1, 2));
    }

    /** As rsync and some network file systems have it: another list of the same length, with the old time. */
    @Test
    void changeThatTimeAndLengthDoNotTell_isTakenAllTheSame() throws IOException {
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(file, time);
        lookup.start(lists::add);
        Files.writeString(file, "10.0.0.1\n10.0.0.3\n");
        Files.setLastModifiedTime(file, time);
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 3));
    }

    @Test
    void renameOntoTheName_isTaken() throws IOException {
        lookup.start(lists::add);
        Path aside = Files.writeString(directory.resolve("aside"), "10.0.0.1\n10.0.0.4\n");
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 4));
    }

    /** As a mounted ConfigMap changes. */
    @Test
    void swapOfALinkOnTheWay_isTaken() throws IOException {
        Path before = Files.createDirectory(directory.resolve("before"));
        Path after = Files.createDirectory(directory.resolve("after"));
        Files.writeString(before.resolve("cluster.conf"), "10.0.0.1\n");
        Files.writeString(after.resolve("cluster.conf"), "10.0.0.5\n");
        Path link = Files.createSymbolicLink(directory.resolve("data"), before);
        lookup.stop();
        lookup = new WatchedFileLookup(link.resolve("cluster.conf"), new VertxTime(vertx.getOrCreateContext()), POLL);
        lookup.start(lists::add);

        Path fresh = Files.createSymbolicLink(directory.resolve("fresh"), after);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);

        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(5));
    }

    @Test
    void brokenOrMissingFile_keepsTheList_andAGoodOneIsTakenAfterwards() throws IOException {
        lookup.start(lists::add);
        Files.writeString(file, "10.0.0.1\n10.0.0.2:port\n");
        Files.delete(file);
        Files.writeString(file, "10.0.0.1\n10.0.0.2\n10.0.0.6\n");
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 2, 6));
    }

    @Test
    void brokenFileAtTheStart_isRefused() throws IOException {
        Files.writeString(file, "10.0.0.1:0");
        assertThatThrownBy(() -> lookup.start(lists::add))
                .isInstanceOf(MemberListException.class)
                .hasMessageContaining("line 1");
    }

    /** Whatever goes wrong in one look, there is another. */
    @Test
    void lookThatFails_doesNotEndTheWatching() throws IOException {
        AtomicInteger refusals = new AtomicInteger();
        VertxTime driver = new VertxTime(vertx.getOrCreateContext());
        lookup.stop();
        lookup = new WatchedFileLookup(file, refusingOnce(driver, refusals), POLL);
        lookup.start(lists::add);
        Files.writeString(file, "10.0.0.1\n10.0.0.2\n10.0.0.3\n");
        await().until(() -> refusals.get() == 1);
        Files.writeString(file, "10.0.0.1\n10.0.0.2\n10.0.0.3\n10.0.0.4\n");
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 2, 3, 4));
    }

    private static Time refusingOnce(Time driver, AtomicInteger refusals) {
        return new Time() {
            @Override
            public long monoNanos() {
                return driver.monoNanos();
            }

            @Override
            public long wallMillis() {
                return driver.wallMillis();
            }

            @Override
            public Timer after(Duration delay, Runnable task) {
                return driver.after(delay, task);
            }

            @Override
            public void execute(Runnable task) {
                if (refusals.getAndIncrement() == 0) {
                    throw new IllegalStateException("planted");
                }
                driver.execute(task);
            }
        };
    }

    private static List<MemberAddress> members(int... hosts) {
        return Arrays.stream(hosts)
                .mapToObj(host -> new MemberAddress("10.0.0." + host, 8848, 7848))
                .toList();
    }
}
