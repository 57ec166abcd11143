package io.muster.naming.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of all switches. Only what differs from the defaults is kept, so that a default may change with a release;
 * those that every request reads are at hand as fields.
 */
public final class SwitchSettings implements RegistryRecord {

    public static final SwitchSettings DEFAULT = new SwitchSettings(new EnumMap<>(Switch.class));

    /** One entry for several switches; its values name the client. */
    private static final String PUSH_VERSION = "pushVersion";

    private static final Map<String, Switch> PUSH_VERSIONS = Map.of(
            "go", Switch.PUSH_GO_VERSION,
            "java", Switch.PUSH_JAVA_VERSION,
            "python", Switch.PUSH_PYTHON_VERSION,
            "c", Switch.PUSH_C_VERSION);

    private final EnumMap<Switch, String> changed;

    private final long cacheMillis;
    private final long pushCacheMillis;
    private final long clientBeatIntervalMillis;
    private final boolean lightBeatEnabled;
    private final boolean pushEnabled;
    private final boolean defaultEphemeral;
    private final Optional<String> serverStatus;
    private final Map<String, Integer> limitedUrls;

    private SwitchSettings(EnumMap<Switch, String> changed) {
        changed.entrySet().removeIf(e -> e.getValue().equals(e.getKey().defaultText()));
        this.changed = changed;
        cacheMillis = Long.parseLong(text(Switch.CACHE_MILLIS));
        pushCacheMillis = Long.parseLong(text(Switch.PUSH_CACHE_MILLIS));
        clientBeatIntervalMillis = Long.parseLong(text(Switch.CLIENT_BEAT_INTERVAL));
        lightBeatEnabled = isOn(Switch.LIGHT_BEAT);
        pushEnabled = isOn(Switch.PUSH);
        defaultEphemeral = isOn(Switch.DEFAULT_EPHEMERAL);
        serverStatus = Optional.of(text(Switch.SERVER_STATUS)).filter(status -> !status.isEmpty());
        limitedUrls = Collections.unmodifiableMap(SwitchText.codes(Switch.LIMITED_URLS, text(Switch.LIMITED_URLS)));
    }

    /**
     * The settings that stored texts mean; names of switches that this release does not know are left out.
     *
     * @throws IllegalArgumentException for a text that its switch does not take
     */
    public static SwitchSettings ofTexts(Map<String, String> textByField) {
        EnumMap<Switch, String> changed = new EnumMap<>(Switch.class);
        textByField.forEach((field, text) -> Switch.ofField(field)
                .filter(which -> !which.isFixed())
                .ifPresent(which -> changed.put(which, SwitchText.canonical(which, text))));
        return new SwitchSettings(changed);
    }

    /** What differs from the defaults, by field name; {@link #ofTexts} reads it. */
    public SortedMap<String, String> toTexts() {
        SortedMap<String, String> texts = new TreeMap<>();
        changed.forEach((which, text) -> texts.put(which.field(), text));
        return texts;
    }

    /**
     * The settings after an operator's PUT.
     *
     * @param entry name of one entry; an unknown one changes nothing, as in Nacos. Not {@code batch}, see
     *     {@link #withAll}
     * @throws IllegalArgumentException for a value that the entry does not take
     */
    public SwitchSettings with(String entry, String value) {
        return entry.equals(PUSH_VERSION)
                ? withPushVersion(value)
                : Switch.ofEntry(entry).map(which -> with(which, value)).orElse(this);
    }

    /** Whether operators know a switch by that name, be it one that does something here or not. */
    public static boolean isEntry(String entry) {
        return Switch.ofEntry(entry).isPresent();
    }

    /** The fields that an entry may set; none for an unknown one. */
    public static Set<String> fieldsOf(String entry) {
        return entry.equals(PUSH_VERSION)
                ? PUSH_VERSIONS.values().stream().map(Switch::field).collect(Collectors.toUnmodifiableSet())
                : Switch.ofEntry(entry).map(which -> Set.of(which.field())).orElse(Set.of());
    }

    /**
     * The fields that {@link #with(String, String)} sets.
     *
     * @throws IllegalArgumentException for a value that the entry does not take
     */
    public static Set<String> fieldsSetBy(String entry, String value) {
        return entry.equals(PUSH_VERSION) ? Set.of(pushVersion(value).field()) : fieldsOf(entry);
    }

    private SwitchSettings withPushVersion(String value) {
        int colon = value.indexOf(':');
        return with(pushVersion(value), colon < 0 ? "" : value.substring(colon + 1));
    }

    private static Switch pushVersion(String value) {
        int colon = value.indexOf(':');
        String client = colon < 0 ? value : value.substring(0, colon);
        Switch which = PUSH_VERSIONS.get(client.trim().toLowerCase(Locale.ROOT));
        if (which == null) {
            throw new IllegalArgumentException("unsupported client type: " + client);
        }
        return which;
    }

    public SwitchSettings with(Switch which, String value) {
        EnumMap<Switch, String> next = new EnumMap<>(changed);
        next.put(which, SwitchText.canonical(which, value));
        return new SwitchSettings(next);
    }

    /**
     * The settings after a batch: each given field is set, the others stay (in Nacos they fall back to the defaults,
     * which makes a batch that forgets one a trap).
     *
     * @param valueByField as {@link #toFields} gives it; fixed and unknown fields are passed over
     */
    public SwitchSettings withAll(Map<String, ? extends @Nullable Object> valueByField) {
        EnumMap<Switch, String> next = new EnumMap<>(changed);
        valueByField.forEach((field, value) -> Switch.ofField(field)
                .filter(which -> !which.isFixed())
                .ifPresent(which -> next.put(which, SwitchText.canonical(which, SwitchText.ofShown(which, value)))));
        return new SwitchSettings(next);
    }

    /**
     * These settings with the texts of some fields laid over; a text that is the default's counts as well.
     *
     * @param textByField as {@link #text(String)} gives it
     */
    public SwitchSettings overlaidBy(Map<String, String> textByField) {
        if (textByField.isEmpty()) {
            return this;
        }
        EnumMap<Switch, String> next = new EnumMap<>(changed);
        textByField.forEach((field, text) -> Switch.ofField(field)
                .filter(which -> !which.isFixed())
                .ifPresent(which -> next.put(which, SwitchText.canonical(which, text))));
        return new SwitchSettings(next);
    }

    /** The value of a field as text, in its one spelling; empty for one that is unknown, or can't be set. */
    public Optional<String> text(String field) {
        return Switch.ofField(field).filter(which -> !which.isFixed()).map(this::text);
    }

    /** All switches for a JSON object, in Nacos' order: texts, numbers, booleans, lists, maps, and nulls. */
    public Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Switch which : Switch.values()) {
            fields.put(which.field(), SwitchText.shown(which, text(which)));
        }
        return fields;
    }

    private String text(Switch which) {
        return changed.getOrDefault(which, which.defaultText());
    }

    public boolean isOn(Switch which) {
        return text(which).equals("true");
    }

    /** Of a switch whose value is a version; 0.0.0 for any other. */
    public AgentVersion version(Switch which) {
        return AgentVersion.parse(text(which)).orElse(new AgentVersion(0, 0, 0));
    }

    /** What a list tells a client that only polls. */
    public long cacheMillis() {
        return cacheMillis;
    }

    /** What a list tells a client that is pushed to. */
    public long pushCacheMillis() {
        return pushCacheMillis;
    }

    public long clientBeatIntervalMillis() {
        return clientBeatIntervalMillis;
    }

    public boolean lightBeatEnabled() {
        return lightBeatEnabled;
    }

    public boolean pushEnabled() {
        return pushEnabled;
    }

    public boolean defaultEphemeral() {
        return defaultEphemeral;
    }

    /** The server status that an operator set in place of the computed one. */
    public Optional<String> serverStatus() {
        return serverStatus;
    }

    /** How many results flip the health of a persistent instance. */
    public int checkTimes() {
        return Integer.parseInt(text(Switch.CHECK_TIMES));
    }

    /** How one kind of health check is paced. */
    public HealthParams healthParams(Switch which) {
        String[] parts = text(which).split(",", -1);
        return new HealthParams(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Double.parseDouble(parts[2]));
    }

    /** The three figures of one kind of check: its longest and shortest pause, and the share of the old in a smoothed time. */
    public record HealthParams(long maxMillis, long minMillis, double factor) {}

    /** Services that are checked even while checks are off. */
    public List<String> healthCheckWhiteList() {
        return SwitchText.items(text(Switch.HEALTH_CHECK_WHITE_LIST));
    }

    /** URL prefixes that are answered with a fixed status code, in the order given. */
    public Map<String, Integer> limitedUrls() {
        return limitedUrls;
    }

    @Override
    public Kind kind() {
        return Kind.SWITCHES;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SwitchSettings that && changed.equals(that.changed);
    }

    @Override
    public int hashCode() {
        return toTexts().hashCode();
    }

    @Override
    public String toString() {
        return "SwitchSettings" + toTexts();
    }
}
