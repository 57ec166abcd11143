package io.muster.raft.storage;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The disk's operations as futures, so that sequences of them read from top to bottom. Continuations run on the engine's thread. */
record DiskSteps(Disk disk) {

    CompletableFuture<List<String>> list(String directory) {
        return step(completion -> disk.list(directory, completion));
    }

    CompletableFuture<Long> size(String file) {
        return step(completion -> disk.size(file, completion));
    }

    CompletableFuture<byte[]> read(String file, long offset, int length) {
        return step(completion -> disk.read(file, offset, length, completion));
    }

    CompletableFuture<Void> allocate(String file, long length) {
        return step(completion -> disk.allocate(file, length, completion));
    }

    CompletableFuture<Void> write(String file, long offset, byte[] bytes) {
        return step(completion -> disk.write(file, offset, bytes, completion));
    }

    CompletableFuture<Void> sync(String file) {
        return step(completion -> disk.sync(file, completion));
    }

    CompletableFuture<Void> rename(String from, String to) {
        return step(completion -> disk.rename(from, to, completion));
    }

    CompletableFuture<Void> delete(String file) {
        return step(completion -> disk.delete(file, completion));
    }

    CompletableFuture<Void> syncDirectory(String directory) {
        return step(completion -> disk.syncDirectory(directory, completion));
    }

    /** What went wrong, without the futures' wrapping. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** The same outcome, failures without the futures' wrapping. */
    static <T> CompletableFuture<T> unwrapped(CompletableFuture<T> steps) {
        CompletableFuture<T> result = new CompletableFuture<>();
        steps.whenComplete((value, error) -> {
            if (error == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(cause(error));
            }
        });
        return result;
    }

    /**
     * Ends a chain of steps. What the last one throws would vanish in a future that nobody looks at, and leave the storage waiting for ever.
     *
     * @param broken is told what the last step threw
     */
    static <T> void finish(
            CompletableFuture<T> steps,
            BiConsumer<? super T, ? super @Nullable Throwable> last,
            Consumer<Throwable> broken) {
        steps.whenComplete((value, error) -> {
            try {
                last.accept(value, error);
            } catch (RuntimeException | Error thrown) {
                broken.accept(thrown);
            }
        });
    }

    /** Whether the disk was full, so that the operation may be tried again. */
    static boolean isFull(Throwable error) {
        return cause(error) instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL;
    }

    static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    private static <T> CompletableFuture<T> step(Consumer<Disk.Completion<T>> operation) {
        CompletableFuture<T> future = new CompletableFuture<>();
        operation.accept(Disk.Completion.of(future::complete, future::completeExceptionally));
        return future;
    }
}
