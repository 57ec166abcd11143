package io.muster.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time as the kernel counts it, user and system together, in microseconds. */
public final class CpuTime {

    /** One tick of the times under {@code /proc}: USER_HZ is 100 on every Linux that Java runs on. */
    private static final long TICK_MICROS = 10_000;

    /** Places of {@code utime} and {@code cutime} after the command name in {@code /proc/PID/stat}, see proc(5). */
    private static final int USER_TIME = 11;

    private static final int CHILDREN_USER_TIME = 13;

    private CpuTime() {}

    /** What all threads of the process have used since it started. */
    public static long ofProcess(long pid) {
        String[] fields = stat(pid);
        return TICK_MICROS * (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]));
    }

    /** What the process has used, and those of its children that have ended. */
    public static long ofProcessAndEndedChildren(long pid) {
        String[] fields = stat(pid);
        long children = Long.parseLong(fields[CHILDREN_USER_TIME]) + Long.parseLong(fields[CHILDREN_USER_TIME + 1]);
        return ofProcess(pid) + TICK_MICROS * children;
    }

    /** What everything on the machine has used since it started, the time stolen by a hypervisor included. */
    public static long ofMachine() {
        String[] fields = read(Path.of("/proc/stat"))
                .lines()
                .findFirst()
                .orElseThrow()
                .trim()
                .split("\\s+");
        long busy = 0;
        for (int i = 1; i <= 8; i++) {
            boolean idle = i == 4 || i == 5;
            busy += idle ? 0 : Long.parseLong(fields[i]);
        }
        return TICK_MICROS * busy;
    }

    private static String[] stat(long pid) {
        String text = read(Path.of("/proc", Long.toString(pid), "stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
