package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FragmentJoinerTest {

    private static final int MESSAGE_BYTES_MAX = 1000;

    private final FragmentJoiner joiner = new FragmentJoiner(MESSAGE_BYTES_MAX);
    private final List<byte[]> messages = new ArrayList<>();

    @Test
    void messageInOneFrame_passes() {
        assertThat(add("whole", false, false)).isEmpty();

        assertThat(texts()).containsExactly("whole");
    }

    @Test
    void fragments_areJoined() {
        add("one ", true, false);
        add("two ", true, true);
        assertThat(messages).isEmpty();
        add("three", false, true);
        add("next", false, false);

        assertThat(texts()).containsExactly("one two three", "next");
    }

    /** Its sender went on over another connection, and came back. */
    @Test
    void unfinishedMessage_isDroppedByTheNextBeginning() {
        add("lost", true, false);
        add("begun ", true, false);
        add("ended", false, true);

        assertThat(texts()).containsExactly("begun ended");
    }

    @Test
    void endWithoutBeginning_isMalformed() {
        assertThat(add("end", false, true)).map(Refusal::kind).contains(RefusalKind.MALFORMED);
    }

    @Test
    void messageBeyondItsBound_isRefused() {
        add("a".repeat(600), true, false);
        add("b".repeat(400), true, true);

        assertThat(add("c", false, true)).map(Refusal::kind).contains(RefusalKind.LENGTH);
        assertThat(add("d".repeat(1001), false, false)).map(Refusal::kind).contains(RefusalKind.LENGTH);
        assertThat(messages).isEmpty();
    }

    /** Its sender went on over another connection, and stays there: the memory does not wait with it. */
    @Test
    void unfinishedMessage_isDropped_whenNoFragmentComesForSomeTicks() {
        add("begun", true, false);
        ticksToTheDrop();
        assertThat(joiner.heldBytes()).isZero();

        assertThat(add("late ", true, true)).isEmpty();
        assertThat(add("end", false, true)).isEmpty();
        add("next", false, false);

        assertThat(texts()).containsExactly("next");
    }

    @Test
    void slowMessage_isKept_andNothingIsDroppedBetweenMessages() {
        for (int fragment = 0; fragment < 20; fragment++) {
            add("x", true, fragment > 0);
            assertThat(joiner.tick()).isFalse();
            assertThat(joiner.tick()).isFalse();
        }
        add("x", false, true);
        for (int tick = 0; tick < 20; tick++) {
            assertThat(joiner.tick()).isFalse();
        }

        assertThat(texts()).containsExactly("x".repeat(21));
        assertThat(add("end", false, true)).map(Refusal::kind).contains(RefusalKind.MALFORMED);
    }

    /** Any frames in any order: no more memory than one message, and only what was sent comes out. */
    @Test
    void anyFramesInAnyOrder_stayBounded() {
        Random random = new Random(2);
        for (int step = 0; step < 100_000; step++) {
            if (random.nextInt(10) == 0) {
                joiner.tick();
            } else {
                add("x".repeat(random.nextInt(400)), random.nextInt(4) > 0, random.nextInt(4) > 0);
            }
            assertThat(joiner.heldBytes()).isLessThanOrEqualTo(MESSAGE_BYTES_MAX);
        }
        assertThat(messages).isNotEmpty().allMatch(message -> message.length <= MESSAGE_BYTES_MAX);
    }

    private void ticksToTheDrop() {
        int ticks = 1;
        while (!joiner.tick()) {
            assertThat(ticks++).isLessThan(10);
        }
    }

    @Test
    void anySizesOfFragments_giveTheMessage() {
        Random random = new Random(1);
        for (int round = 0; round < 1000; round++) {
            String message = "x".repeat(random.nextInt(MESSAGE_BYTES_MAX + 1));
            int at = 0;
            while (true) {
                int to = Math.min(message.length(), at + random.nextInt(300));
                add(message.substring(at, to), to < message.length(), at > 0);
                if (to == message.length()) {
                    break;
                }
                at = Math.max(at, to);
            }
            assertThat(texts()).containsExactly(message);
            messages.clear();
        }
    }

    private Optional<Refusal> add(String payload, boolean more, boolean continued) {
        return joiner.add(
                new WireFrame(
                        WireFrame.Kind.RAFT,
                        more,
                        continued,
                        Optional.empty(),
                        payload.getBytes(StandardCharsets.UTF_8)),
                messages::add);
    }

    private List<String> texts() {
        return messages.stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }
}
