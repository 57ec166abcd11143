package io.muster.compatibility;

import com.alibaba.nacos.api.NacosFactory;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingService;
import java.util.concurrent.CountDownLatch;

/** A provider for {@link ClientProcess}: registers one instance, says so, and beats until it is killed. */
final class BeatingClient {

    static final String REGISTERED = "registered";

    private BeatingClient() {}

    /** Arguments: server address, service, ip, port. */
    public static void main(String[] arguments) throws NacosException, InterruptedException {
        NamingService naming = NacosFactory.createNamingService(arguments[0]);
        naming.registerInstance(arguments[1], arguments[2], Integer.parseInt(arguments[3]));
        System.out.println(REGISTERED);
        new CountDownLatch(1).await();
    }
}
