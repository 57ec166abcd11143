package io.muster.testkit.net;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Many TCP listeners on loopback addresses of their own, in processes beside the test: a process may hold only so many files. Ports lie below those that
 * the system gives to outgoing connections, so that none is taken by chance. One thread drives it.
 */
public final class ListenerFarm implements AutoCloseable {

    private static final int A_PROCESS = 6_000;
    private static final int FIRST_PORT = 12_000;
    private static final int FIRST_HOST = 10;

    private final List<Stable> stables = new ArrayList<>();

    /** Where one of them listens. */
    public record Place(String host, int port) {}

    private ListenerFarm() {}

    public static ListenerFarm open(int count) {
        ListenerFarm farm = new ListenerFarm();
        try {
            for (int from = 0; from < count; from += A_PROCESS) {
                farm.stables.add(
                        new Stable("127.0.1." + (FIRST_HOST + farm.stables.size()), Math.min(A_PROCESS, count - from)));
            }
            farm.stables.forEach(stable -> stable.expect("ready"));
            return farm;
        } catch (RuntimeException | AssertionError e) {
            farm.close();
            throw e;
        }
    }

    public List<Place> places() {
        return stables.stream()
                .flatMap(stable -> IntStream.range(FIRST_PORT, FIRST_PORT + stable.count)
                        .mapToObj(port -> new Place(stable.host, port)))
                .toList();
    }

    /** Nobody listens there when it returns. */
    public void stop(Place place) {
        tell("close ", place);
    }

    /** Somebody listens there again when it returns. */
    public void restart(Place place) {
        tell("open ", place);
    }

    private void tell(String order, Place place) {
        Stable stable = stables.stream()
                .filter(one -> one.host.equals(place.host()))
                .findFirst()
                .orElseThrow();
        stable.say(order + place.port());
        stable.expect("done");
    }

    @Override
    public void close() {
        stables.forEach(Stable::close);
    }

    /** One process. */
    private static final class Stable {
        private final String host;
        private final int count;
        private final Process process;
        private final BufferedReader answers;
        private final BufferedWriter orders;

        Stable(String host, int count) {
            this.host = host;
            this.count = count;
            try {
                process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                new File(Listeners.class
                                                .getProtectionDomain()
                                                .getCodeSource()
                                                .getLocation()
                                                .toURI())
                                        .toString(),
                                Listeners.class.getName(),
                                host,
                                Integer.toString(FIRST_PORT),
                                Integer.toString(count))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        }

        void say(String order) {
            try {
                orders.write(order + "\n");
                orders.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void expect(String answer) {
            try {
                String told = answers.readLine();
                if (!answer.equals(told)) {
                    throw new AssertionError("the listeners at " + host + " said " + told + " instead of " + answer);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void close() {
            process.destroyForcibly();
        }
    }
}
