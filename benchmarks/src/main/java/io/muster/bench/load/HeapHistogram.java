package io.muster.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The live objects of another JVM by class, after a full collection, as {@code jcmd PID GC.class_histogram} tells them.
 *
 * @param bytes of all objects together
 */
public record HeapHistogram(long bytes, Map<String, ClassUse> classes) {

    /** All objects of one class. */
    public record ClassUse(long objects, long bytes) {
        static final ClassUse NONE = new ClassUse(0, 0);

        ClassUse minus(ClassUse other) {
            return new ClassUse(objects - other.objects, bytes - other.bytes);
        }
    }

    /** Place of each column in a row: number, objects, bytes, class name. */
    private static final int OBJECTS = 1;

    private static final int BYTES = 2;
    private static final int NAME = 3;

    public static HeapHistogram of(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HeapHistogram parse(String text) {
        Map<String, ClassUse> classes = new HashMap<>();
        for (String line : text.split("\n")) {
            String[] columns = line.trim().split("\\s+");
            if (columns[0].equals("Total")) {
                return new HeapHistogram(Long.parseLong(columns[BYTES]), classes);
            }
            if (columns.length > NAME && columns[0].endsWith(":") && !columns[0].startsWith("num")) {
                ClassUse use = new ClassUse(Long.parseLong(columns[OBJECTS]), Long.parseLong(columns[BYTES]));
                classes.put(columns[NAME], use);
            }
        }
        throw new IllegalStateException("no histogram: " + text);
    }

    /** What has been added since an earlier one, most bytes first. */
    public List<Map.Entry<String, ClassUse>> growthSince(HeapHistogram earlier) {
        List<Map.Entry<String, ClassUse>> growth = new ArrayList<>();
        classes.forEach((name, use) ->
                growth.add(Map.entry(name, use.minus(earlier.classes.getOrDefault(name, ClassUse.NONE)))));
        growth.sort((a, b) -> Long.compare(b.getValue().bytes(), a.getValue().bytes()));
        return growth;
    }
}
