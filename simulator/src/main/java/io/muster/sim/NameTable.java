package io.muster.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The names of the files, as they are and as they were last synced. A change of names is atomic, as with a journal, and durable once one of
 * its directories is synced, together with the earlier changes that it builds on.
 */
final class NameTable {

    /** The names that go, the name that the file gets if any. */
    private record NameChange(List<String> unlinked, Optional<String> linked, MemoryFile file) {

        void applyTo(Map<String, MemoryFile> names) {
            unlinked.forEach(names::remove);
            linked.ifPresent(name -> names.put(name, file));
        }

        List<String> touched() {
            List<String> touched = new ArrayList<>(unlinked);
            linked.ifPresent(touched::add);
            return touched;
        }
    }

    private final TreeMap<String, MemoryFile> names = new TreeMap<>();
    private final TreeMap<String, MemoryFile> syncedNames = new TreeMap<>();
    private final List<NameChange> unsynced = new ArrayList<>();

    /** Directories are durable as soon as they exist: the port says so. The root has the empty name. */
    private final TreeSet<String> directories = new TreeSet<>(Set.of(""));

    Optional<MemoryFile> find(String name) {
        return Optional.ofNullable(names.get(name));
    }

    Optional<MemoryFile> findSynced(String name) {
        return Optional.ofNullable(syncedNames.get(name));
    }

    MemoryFile findOrCreate(String name) {
        MemoryFile existing = names.get(name);
        if (existing != null) {
            return existing;
        }
        MemoryFile created = new MemoryFile();
        for (String parent = directoryOf(name); directories.add(parent); parent = directoryOf(parent)) {
            // Each ancestor that is not there yet.
        }
        change(new NameChange(List.of(), Optional.of(name), created));
        return created;
    }

    void rename(String from, String to) {
        MemoryFile file = find(from).orElseThrow();
        change(new NameChange(List.of(from), Optional.of(to), file));
    }

    void delete(String name) {
        find(name).ifPresent(file -> change(new NameChange(List.of(name), Optional.empty(), file)));
    }

    boolean isDirectory(String name) {
        return directories.contains(name);
    }

    List<String> filesIn(String directory) {
        return names.keySet().stream()
                .filter(name -> directoryOf(name).equals(directory))
                .map(name -> name.substring(name.lastIndexOf('/') + 1))
                .sorted()
                .toList();
    }

    List<String> all() {
        return List.copyOf(names.keySet());
    }

    List<String> allSynced() {
        return List.copyOf(syncedNames.keySet());
    }

    long totalBytes() {
        return names.values().stream().mapToLong(MemoryFile::length).sum();
    }

    void syncDirectory(String directory) {
        List<NameChange> durable = new ArrayList<>();
        Set<String> builtOn = new HashSet<>();
        for (int i = unsynced.size() - 1; i >= 0; i--) {
            NameChange change = unsynced.get(i);
            boolean here =
                    change.touched().stream().anyMatch(name -> directoryOf(name).equals(directory));
            if (here || change.touched().stream().anyMatch(builtOn::contains)) {
                builtOn.addAll(change.touched());
                durable.add(0, change);
                unsynced.remove(i);
            }
        }
        durable.forEach(change -> change.applyTo(syncedNames));
    }

    /** Each unsynced change is kept or lost by coin; the bytes of each file that remains follow their own coins. */
    void losePower(RandomGenerator random) {
        for (NameChange change : unsynced) {
            if (random.nextBoolean()) {
                change.applyTo(syncedNames);
            }
        }
        unsynced.clear();
        names.clear();
        names.putAll(syncedNames);
        names.values().stream().distinct().forEach(file -> file.losePower(random));
    }

    /** No unsynced change survives, neither of a name nor of the bytes of a file. */
    void loseUnsynced() {
        unsynced.clear();
        names.clear();
        names.putAll(syncedNames);
        names.values().stream().distinct().forEach(MemoryFile::loseUnsynced);
    }

    private void change(NameChange change) {
        change.applyTo(names);
        unsynced.add(change);
    }

    static String directoryOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }
}
