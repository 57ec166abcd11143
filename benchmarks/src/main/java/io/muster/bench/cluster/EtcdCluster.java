package io.muster.bench.cluster;

import io.muster.bench.process.Http;
import io.muster.bench.process.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three etcd processes with default timers and durability, written to by their HTTP gateway. */
final class EtcdCluster implements Contender {

    private static final int NODES = 3;

    private final List<RunningProcess> nodes = new ArrayList<>();
    private final List<Integer> clientPorts = freePorts();
    private final List<Integer> peerPorts = freePorts();

    private EtcdCluster() {}

    /** Whether etcd is there (Debian: {@code apt-get install etcd-server}). */
    static boolean installed() {
        try {
            Process version = new ProcessBuilder("etcd", "--version")
                    .redirectErrorStream(true)
                    .start();
            version.getInputStream().readAllBytes();
            return version.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static EtcdCluster start() {
        EtcdCluster cluster = new EtcdCluster();
        try {
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(cluster.startNode(i));
            }
            for (int port : cluster.clientPorts) {
                Patience.until("etcd at " + port + " is healthy", () -> new Http(port).accepted("GET", "/health"));
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private RunningProcess startNode(int i) {
        String client = "http://127.0.0.1:" + clientPorts.get(i);
        String peer = "http://127.0.0.1:" + peerPorts.get(i);
        String all = IntStream.range(0, NODES)
                .mapToObj(n -> "n" + n + "=http://127.0.0.1:" + peerPorts.get(n))
                .collect(Collectors.joining(","));
        return RunningProcess.startCommand(
                directory -> List.of(
                        "etcd",
                        "--name=n" + i,
                        "--data-dir=" + directory.resolve("data"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=" + all,
                        "--initial-cluster-state=new",
                        "--log-level=error"),
                clientPorts.get(i));
    }

    private static List<Integer> freePorts() {
        return IntStream.range(0, NODES)
                .mapToObj(i -> RunningProcess.freePort())
                .toList();
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public List<Integer> ports() {
        return clientPorts;
    }

    @Override
    public int leaderPort() {
        return clientPorts.stream().filter(EtcdCluster::leads).findFirst().orElseThrow();
    }

    private static boolean leads(int port) {
        JsonObject status = new JsonObject(new Http(port).post("/v3/maintenance/status", "{}"));
        return status.getString("leader").equals(status.getJsonObject("header").getString("member_id"));
    }

    @Override
    public List<Long> pids() {
        return nodes.stream().map(RunningProcess::pid).toList();
    }

    @Override
    public double syncs() {
        return clientPorts.stream()
                .mapToDouble(port -> new Http(port)
                        .meter("etcd_disk_wal_fsync_duration_seconds_count")
                        .orElse(Double.NaN))
                .sum();
    }

    @Override
    public String loadCase() {
        return "etcd";
    }

    @Override
    public void close() {
        nodes.forEach(RunningProcess::close);
    }
}
