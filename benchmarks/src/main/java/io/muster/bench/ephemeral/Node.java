package io.muster.bench.ephemeral;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.Http;
import io.muster.bench.process.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One running server of the cluster, and what it says of its ephemeral side.
 *
 * @param name for the tables: n1, n2, …
 */
record Node(String name, RunningProcess process, Http http) implements AutoCloseable {

    int port() {
        return process.port();
    }

    long pid() {
        return process.pid();
    }

    long cpuMicros() {
        return CpuTime.ofProcess(pid());
    }

    /** What the Distro engine shows of itself. */
    JsonObject status() {
        return new JsonObject(http.body("GET", "/nacos/v1/ns/distro/status"));
    }

    String digest() {
        return status().getString("digest");
    }

    long records() {
        return status().getLong("records");
    }

    /** How many other members it takes for alive. */
    long peersAlive() {
        return status().getJsonArray("peers").stream()
                .filter(peer -> ((JsonObject) peer).getBoolean("alive"))
                .count();
    }

    /** The member that it takes for responsible for a service. */
    String responsible(String service) {
        return new JsonObject(http.body("GET", "/nacos/v1/ns/operator/distro/server?serviceName=" + service))
                .getString("responsibleServer");
    }

    /** Bytes of all Distro frames that it has sent, before compression. */
    double distroBytesSent() {
        return http.meter("muster_peer_sent_bytes_total", "lane=\"distro\"").orElse(0.0);
    }

    /** SIGSTOP or SIGCONT, by the shell's {@code kill}. */
    void signal(String name) {
        try {
            int exitCode = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("kill -" + name + " of " + pid() + " ended with " + exitCode);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
