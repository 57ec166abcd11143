package io.muster.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text under a heading, as wide as their widest cell. */
final class Table {

    private static final String GAP = "  ";

    /** What clients registered must neither break the rows nor steer the terminal. */
    private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

    private final List<String> heading;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heading) {
        this.heading = List.of(heading);
    }

    /** Adds a row; nulls, as JSON may hold them, show as a dash. */
    void row(Object... cells) {
        if (cells.length != heading.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + heading);
        }
        rows.add(IntStream.range(0, cells.length).mapToObj(i -> cell(cells[i])).toList());
    }

    private static String cell(Object value) {
        String text = printable(String.valueOf(value));
        return text.isBlank() || text.equals("null") ? "-" : text;
    }

    /** With a mark for each character that does not print. */
    static String printable(String text) {
        return CONTROLS.matcher(text).replaceAll("\uFFFD");
    }

    @Override
    public String toString() {
        List<List<String>> all = new ArrayList<>(rows);
        all.add(0, heading);
        int[] widths = IntStream.range(0, heading.size())
                .map(i ->
                        all.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
                .toArray();
        return all.stream()
                .map(row -> IntStream.range(0, row.size())
                        .mapToObj(i ->
                                row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                        .collect(Collectors.joining(GAP))
                        .stripTrailing())
                .collect(Collectors.joining(System.lineSeparator(), "", System.lineSeparator()));
    }
}
