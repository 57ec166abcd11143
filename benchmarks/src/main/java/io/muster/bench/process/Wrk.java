package io.muster.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The load generator: wrk with one thread, so that on two cores it leaves one to the server.
 *
 * @param script the Lua script that makes the requests and prints the {@code result} line
 */
public record Wrk(Path script) {

    private static final String RESULT = "result ";

    /**
     * One run of wrk.
     *
     * @param requests answered
     * @param micros how long it took
     * @param errors of sockets, and answers that took over two seconds
     * @param refused answers with a status other than 2xx and 3xx
     * @param p50Micros median latency, as the closed loop sees it
     * @param p99Micros 99th percentile of it
     */
    public record Result(long requests, long micros, long errors, long refused, long p50Micros, long p99Micros) {

        public double perSecond() {
            return requests * 1e6 / micros;
        }

        static Result parse(String line) {
            String[] numbers = line.substring(RESULT.length()).trim().split(" ");
            return new Result(
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Long.parseLong(numbers[2]),
                    Long.parseLong(numbers[3]),
                    Long.parseLong(numbers[4]),
                    Long.parseLong(numbers[5]));
        }
    }

    /** Whether wrk is there; it is a package of its own in Debian, Fedora and Homebrew. */
    public static boolean installed() {
        try {
            Process version =
                    new ProcessBuilder("wrk", "-v").redirectErrorStream(true).start();
            version.getInputStream().readAllBytes();
            version.waitFor();
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Loads a server and waits for the end.
     *
     * @param caseArguments what the script takes
     */
    public Result run(int port, int connections, int seconds, List<String> caseArguments) {
        List<String> command = new ArrayList<>(List.of(
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + seconds + "s",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + port,
                "--"));
        command.addAll(caseArguments);
        try {
            Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            wrk.waitFor();
            return output.lines()
                    .filter(line -> line.startsWith(RESULT))
                    .findFirst()
                    .map(Result::parse)
                    .orElseThrow(() -> new IllegalStateException("wrk gave no result: " + output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
