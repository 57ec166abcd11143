package io.muster.testkit.client;

import java.util.ArrayList;
import java.util.List;

/** An instance of a service, as clients name it. */
public record Instance(String service, String ip, int port) {

    /** {@code ip:port}. */
    public String address() {
        return ip + ":" + port;
    }

    /** This many instances, spread evenly over this many services named {@code prefix-0}, {@code prefix-1}, …. */
    public static List<Instance> spread(String prefix, int instanceCount, int serviceCount) {
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < instanceCount; i++) {
            String ip = "10." + (1 + i / 62_500) + "." + i / 250 % 250 + "." + (1 + i % 250);
            instances.add(new Instance(prefix + "-" + i % serviceCount, ip, 8080));
        }
        return instances;
    }
}
