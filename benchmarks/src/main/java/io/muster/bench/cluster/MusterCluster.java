package io.muster.bench.cluster;

import io.muster.bench.process.Http;
import io.muster.bench.process.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three servers of this product on loopback with default settings. */
final class MusterCluster implements Contender {

    private static final int NODES = 3;
    private static final String WRITE =
            "/nacos/v1/ns/instance?serviceName=first&ip=127.0.9.1&port=1&ephemeral=false&namespaceId=public";

    private final List<RunningProcess> nodes = new ArrayList<>();
    private final List<Integer> clientPorts = freePorts();
    private final List<Integer> peerPorts = freePorts();

    private MusterCluster() {}

    static MusterCluster start() {
        MusterCluster cluster = new MusterCluster();
        try {
            String members = IntStream.range(0, NODES)
                    .mapToObj(i -> "127.0.0.1:" + cluster.clientPorts.get(i) + "?peer_port=" + cluster.peerPorts.get(i))
                    .collect(Collectors.joining(","));
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(RunningProcess.startMuster(
                        cluster.clientPorts.get(i),
                        Map.of(),
                        "--members",
                        members,
                        "--peer-port",
                        Integer.toString(cluster.peerPorts.get(i))));
            }
            for (int port : cluster.clientPorts) {
                Patience.until("the server at " + port + " takes writes", () -> new Http(port).accepted("POST", WRITE));
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static List<Integer> freePorts() {
        return IntStream.range(0, NODES)
                .mapToObj(i -> RunningProcess.freePort())
                .toList();
    }

    @Override
    public String name() {
        return "muster";
    }

    @Override
    public List<Integer> ports() {
        return clientPorts;
    }

    @Override
    public int leaderPort() {
        String leader = new JsonObject(new Http(clientPorts.get(0)).body("GET", "/nacos/v1/ns/raft/leader"))
                .getJsonObject("leader")
                .getString("ip");
        return Integer.parseInt(leader.substring(leader.lastIndexOf(':') + 1));
    }

    @Override
    public List<Long> pids() {
        return nodes.stream().map(RunningProcess::pid).toList();
    }

    @Override
    public double syncs() {
        return clientPorts.stream()
                .mapToDouble(port ->
                        new Http(port).meter("muster_raft_fsync_seconds_count").orElse(Double.NaN))
                .sum();
    }

    @Override
    public String loadCase() {
        return "declare";
    }

    @Override
    public void close() {
        nodes.forEach(RunningProcess::close);
    }
}
