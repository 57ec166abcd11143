package io.muster.simulation.health;

import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.ServiceName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A persistent instance, what it does when it is asked, and who asked it. It stands in the rack of one machine, and shares its cable. */
final class CheckedTarget {

    /** How a target meets a connection. */
    enum Behaviour {
        UP,
        REFUSES,
        HANGS
    }

    /** What one check truly met. */
    enum Met {
        ANSWER,
        REFUSAL,
        SILENCE,
        /** It lives, but no way led there. */
        NO_WAY,
        /** The member lacked what it takes. */
        NOT_MADE
    }

    /** How many checks are remembered; of a member's last few, one flip is made. */
    private static final int REMEMBERED = 64;

    /** A check that has reached the target, or not. */
    record Check(long atNanos, Met met) {}

    final ServiceName service;
    final InstanceKey key;
    final int rack;
    Behaviour behaviour = Behaviour.UP;

    /** Since when it does what it does. */
    long sinceNanos;

    /** By process: its checks since it last wrote a verdict, the latest last. */
    private final Map<Object, Deque<Check>> checks = new HashMap<>();

    /** By process: its check that has no result there yet. A process that is starved may take many seconds to hear of one. */
    private final Map<Object, Check> underWay = new HashMap<>();

    /** By process: when it began the last check whose answer it heard in time, or its first one. */
    private final Map<Object, Long> heard = new HashMap<>();

    /** When which machine began a check, the latest last. */
    final List<Begun> begun = new ArrayList<>();

    record Begun(long atNanos, int machine) {}

    CheckedTarget(ServiceName service, InstanceKey key, int rack) {
        this.service = service;
        this.key = key;
        this.rack = rack;
    }

    void behave(Behaviour next, long nowNanos) {
        if (next != behaviour) {
            behaviour = next;
            sinceNanos = nowNanos;
        }
    }

    boolean isUp() {
        return behaviour == Behaviour.UP;
    }

    Instance registration() {
        return Instance.of(key, false);
    }

    void asked(int machine, long nowNanos) {
        begun.add(new Begun(nowNanos, machine));
    }

    Optional<Begun> lastBegun() {
        return begun.isEmpty() ? Optional.empty() : Optional.of(begun.get(begun.size() - 1));
    }

    /** In the order in which they began. */
    List<Begun> begunSince(long nanos) {
        return begun.stream().filter(check -> check.atNanos() >= nanos).toList();
    }

    /** @param late whether what came back was heard too late */
    void met(Object process, Check check, boolean late) {
        if (check.met() == Met.ANSWER && !late) {
            heard.put(process, check.atNanos());
        } else {
            heard.putIfAbsent(process, check.atNanos());
        }
        Deque<Check> all = checks.computeIfAbsent(process, first -> new ArrayDeque<>());
        all.addLast(check);
        underWay.put(process, check);
        if (all.size() > REMEMBERED) {
            all.removeFirst();
        }
    }

    /** The process has a result, or none is wanted any more. */
    void ended(Object process) {
        underWay.remove(process);
    }

    /** When the first check began whose result the process has yet to hear; now, where none is under way. */
    long unendedSinceNanos(Object process, long nowNanos) {
        Check check = underWay.get(process);
        return check == null ? nowNanos : check.atNanos();
    }

    /** For how long the process has had no answer, of all that it asked. */
    long unheardNanos(Object process, long nowNanos) {
        return nowNanos - heard.getOrDefault(process, nowNanos);
    }

    List<Check> checksBy(Object process) {
        return List.copyOf(checks.getOrDefault(process, new ArrayDeque<>()));
    }

    /** What the process has found counts anew. */
    void forget(Object process) {
        checks.remove(process);
    }

    /** What was found by the process before counts no more. */
    void forgetBefore(Object process, long nanos) {
        Deque<Check> all = checks.get(process);
        while (all != null && !all.isEmpty() && all.getFirst().atNanos() < nanos) {
            all.removeFirst();
        }
    }

    @Override
    public String toString() {
        return key + " (" + behaviour + ", rack " + rack + ")";
    }
}
