package io.muster.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/** A completion that remembers how its operation ended. */
final class Answer<T> implements Disk.Completion<T> {

    private Optional<T> result = Optional.empty();
    private Optional<DiskException> error = Optional.empty();
    private boolean ended;

    @Override
    public void done(T result) {
        end();
        this.result = Optional.ofNullable(result);
    }

    @Override
    public void failed(DiskException error) {
        end();
        this.error = Optional.of(error);
    }

    boolean ended() {
        return ended;
    }

    T result() {
        assertThat(ended).as("the operation ended").isTrue();
        assertThat(error).isEmpty();
        return result.orElseThrow();
    }

    DiskException error() {
        assertThat(ended).as("the operation ended").isTrue();
        return error.orElseThrow();
    }

    /** One line that two disks can be compared by. */
    String summary() {
        assertThat(ended).as("the operation ended").isTrue();
        return error.map(failure -> failure.kind().toString())
                .orElseGet(() -> result.map(Answer::render).orElse("done"));
    }

    private static String render(Object result) {
        return result instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : Objects.toString(result);
    }

    private void end() {
        assertThat(ended).as("an operation ends once").isFalse();
        ended = true;
    }
}
