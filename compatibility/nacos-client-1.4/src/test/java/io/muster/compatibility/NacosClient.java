package io.muster.compatibility;

import com.alibaba.nacos.api.NacosFactory;
import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingMaintainService;
import com.alibaba.nacos.api.naming.NamingService;
import com.alibaba.nacos.api.naming.pojo.Instance;
import io.muster.testkit.ServerProcess;
import java.util.List;
import java.util.Properties;

/** One unmodified nacos-client, which stops beating and listening when it is closed. */
record NacosClient(NamingService naming) implements AutoCloseable {

    /** {@code HOST:PORT}, as clients are configured. */
    static String address(ServerProcess server) {
        return server.uri("/").getAuthority();
    }

    static NacosClient of(ServerProcess server) throws NacosException {
        return of(address(server));
    }

    static NacosClient of(String address) throws NacosException {
        return new NacosClient(NacosFactory.createNamingService(address));
    }

    static NacosClient inNamespace(String address, String namespaceId) throws NacosException {
        Properties properties = at(address);
        properties.setProperty(PropertyKeyConst.NAMESPACE, namespaceId);
        return new NacosClient(NacosFactory.createNamingService(properties));
    }

    static NacosClient loggedIn(String address, String username, String password) throws NacosException {
        Properties properties = at(address);
        properties.setProperty(PropertyKeyConst.USERNAME, username);
        properties.setProperty(PropertyKeyConst.PASSWORD, password);
        return new NacosClient(NacosFactory.createNamingService(properties));
    }

    /** The client's other half, for operators. */
    static NamingMaintainService maintain(String address) throws NacosException {
        return NacosFactory.createMaintainService(at(address));
    }

    static Instance instance(String ip, int port) {
        Instance instance = new Instance();
        instance.setIp(ip);
        instance.setPort(port);
        return instance;
    }

    static List<String> addresses(List<Instance> instances) {
        return instances.stream().map(Instance::toInetAddr).sorted().toList();
    }

    /** The list as the server has it now, past the client's cache. */
    List<Instance> ask(String service) throws NacosException {
        return naming.getAllInstances(service, false);
    }

    @Override
    public void close() throws NacosException {
        naming.shutDown();
    }

    private static Properties at(String address) {
        Properties properties = new Properties();
        properties.setProperty(PropertyKeyConst.SERVER_ADDR, address);
        return properties;
    }
}
