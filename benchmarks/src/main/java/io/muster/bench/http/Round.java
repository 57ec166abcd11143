package io.muster.bench.http;

import io.muster.bench.process.CpuTime;
import io.muster.bench.process.RunningProcess;
import io.muster.bench.process.Wrk;
import java.util.List;

/**
 * One stretch of load on one server.
 *
 * @param cpuMicros CPU time that the server's process used for it
 */
record Round(Wrk.Result load, long cpuMicros) {

    static Round run(RunningProcess server, Wrk wrk, int connections, int seconds, List<String> arguments) {
        long before = CpuTime.ofProcess(server.pid());
        Wrk.Result load = wrk.run(server.port(), connections, seconds, arguments);
        return new Round(load, CpuTime.ofProcess(server.pid()) - before);
    }

    double cpuMicrosPerRequest() {
        return (double) cpuMicros / Math.max(1, load.requests());
    }

    boolean clean() {
        return load.errors() == 0 && load.refused() == 0 && load.requests() > 0;
    }
}
