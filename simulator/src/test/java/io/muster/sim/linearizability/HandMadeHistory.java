package io.muster.sim.linearizability;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A history drawn as a timeline, of those in {@code histories.txt}, whose head explains the notation.
 *
 * @param labels each operation as it is written
 * @param violationAt the label of the operation that cannot be placed; empty: the history is linearizable
 */
record HandMadeHistory(
        String name,
        History<StoreCommand, StoreResult> history,
        Map<Operation<StoreCommand, StoreResult>, String> labels,
        Optional<String> violationAt) {

    private static final Pattern TITLE = Pattern.compile("== (.*): (?:linearizable|violation at (.*))");
    private static final Pattern BAR = Pattern.compile("\\[-*([^\\[\\]]*?)-*\\]([?!]?)");

    static List<HandMadeHistory> all() {
        List<HandMadeHistory> histories = new ArrayList<>();
        for (String paragraph : resource().split("\n\n")) {
            if (!paragraph.startsWith("#")) {
                histories.add(parse(paragraph.strip()));
            }
        }
        return histories;
    }

    static HandMadeHistory parse(String paragraph) {
        List<String> lines = paragraph.lines().toList();
        Matcher title = TITLE.matcher(lines.get(0));
        if (!title.matches()) {
            throw new IllegalArgumentException("not a title: " + lines.get(0));
        }
        Map<Operation<StoreCommand, StoreResult>, String> labels = timeline(lines.subList(1, lines.size()));
        return new HandMadeHistory(
                title.group(1),
                new History<>(List.copyOf(labels.keySet())),
                labels,
                Optional.ofNullable(title.group(2)));
    }

    /** The operations of the rows, with their labels. */
    static Map<Operation<StoreCommand, StoreResult>, String> timeline(List<String> rows) {
        Map<Operation<StoreCommand, StoreResult>, String> labels = new LinkedHashMap<>();
        for (String row : rows) {
            String client = row.substring(0, row.indexOf(' '));
            Matcher bar = BAR.matcher(row);
            while (bar.find()) {
                String label = bar.group(1);
                Moment call = Moment.at(bar.start());
                Moment ret = Moment.at(bar.start() + bar.group().indexOf(']'));
                labels.put(operation(client, label, bar.group(2), call, ret), label);
            }
        }
        return labels;
    }

    @Override
    public String toString() {
        return name;
    }

    private static Operation<StoreCommand, StoreResult> operation(
            String client, String label, String end, Moment call, Moment ret) {
        List<String> words = List.of(label.split(" "));
        String key = words.get(0).equals("list") ? "" : words.get(1);
        Outcome<StoreResult> outcome = switch (end) {
            case "?" -> new Outcome.Unknown<>();
            case "!" -> new Outcome.Failed<>();
            default -> new Outcome.Ok<>(result(words));
        };
        return new Operation<>(client, key, command(words), outcome, call, ret);
    }

    private static StoreCommand command(List<String> words) {
        return switch (words.get(0)) {
            case "put" -> new StoreCommand.Put(words.get(2));
            case "del" -> new StoreCommand.Delete();
            case "get" -> new StoreCommand.Read();
            case "list" -> new StoreCommand.ReadAll();
            case "cas" -> {
                String[] values = words.get(2).split(">");
                yield new StoreCommand.Cas(value(values[0]), values[1]);
            }
            default -> throw new IllegalArgumentException("unknown command: " + words);
        };
    }

    private static StoreResult result(List<String> words) {
        return switch (words.get(0)) {
            case "get" -> new StoreResult.Value(value(words.get(2)));
            case "list" -> StoreResult.Values.of(values(words.get(1)));
            case "cas" -> words.get(3).equals("ok") ? new StoreResult.Done() : new StoreResult.Conflict();
            default -> new StoreResult.Done();
        };
    }

    private static Optional<String> value(String word) {
        return word.equals("nil") ? Optional.empty() : Optional.of(word);
    }

    private static Map<String, String> values(String word) {
        Map<String, String> values = new TreeMap<>();
        if (!word.equals("nil")) {
            for (String pair : word.split(",")) {
                values.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        return values;
    }

    private static String resource() {
        try (InputStream in =
                Objects.requireNonNull(HandMadeHistory.class.getResourceAsStream("histories.txt"), "histories.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
