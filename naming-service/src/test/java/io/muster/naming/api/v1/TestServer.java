package io.muster.naming.api.v1;

import io.muster.consistency.Readiness;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.Guard;
import io.muster.naming.api.Listening;
import io.muster.naming.api.Verb;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.PushStats;
import io.muster.naming.push.SubscriberSettings;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistrySettings;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.Router;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The whole API over a real HTTP server on a free port, and a client for it. The engines behind it are in memory. */
final class TestServer implements AutoCloseable {

    static final String JAVA_CLIENT = "Nacos-Java-Client:v1.4.8";

    private static final long CACHE_BYTES_MAX = 1 << 20;
    private static final int CONNECTIONS_MAX = 64;
    private static final int EVENT_LOOPS = 2;

    /** Vert.x: negative numbers stand for a free port, the same for all who say the same number. */
    private static final int SHARED_FREE_PORT = -1;

    final TestEngines consistency = new TestEngines();
    final Subscribers subscribers = new Subscribers(SubscriberSettings.STANDARD, System::nanoTime);
    final Registry registry;
    final V1Api api;
    final int port;

    volatile Readiness readiness = Readiness.READY;
    volatile boolean warmingUp;
    volatile OtherMembers others = OtherMembers.NONE;
    volatile CheckTimes checkTimes = CheckTimes.NONE;

    /** The one service that another member is responsible for. */
    volatile String elsewhere = "";

    private volatile int actualPort;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions().setMaxHeaderSize(1 << 16), new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX));

    TestServer() {
        registry = new Registry(
                consistency,
                RegistrySettings.STANDARD,
                (delay, task) -> vertx.setTimer(delay, id -> task.run()),
                System::currentTimeMillis);
        registry.start();
        InstanceLists lists =
                new InstanceLists(registry.index(), registry.switches(), () -> warmingUp, CACHE_BYTES_MAX);
        V1Environment environment = new V1Environment(
                () -> readiness,
                () -> readiness,
                () -> warmingUp,
                () -> Optional.of("127.0.0.1:8848"),
                new OneNode(),
                new Others(),
                service -> checkTimes.of(service),
                new AccessTokens(new byte[32], 18_000, InstantSource.system()),
                Guard.AUTHENTICATION_OFF,
                "0.1.0",
                false,
                Listening.BODY_BYTES_MAX);
        ServiceEventsApi events = new ServiceEventsApi(
                registry.events(), new EventStreams(1), () -> "127.0.0.1:8848", id -> "node " + id);
        api = new V1Api(registry, lists, subscribers, new PushStats(), environment, events.routes());
        vertx.deployVerticle(Listener::new, new DeploymentOptions().setInstances(EVENT_LOOPS))
                .await();
        port = actualPort;
    }

    /** One of several event loops that serve the same API on one port. */
    private final class Listener extends VerticleBase {
        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            api.mount(router);
            return vertx.createHttpServer(Listening.options("127.0.0.1", SHARED_FREE_PORT))
                    .requestHandler(router)
                    .listen()
                    .onSuccess(server -> actualPort = server.actualPort());
        }
    }

    Call call(Verb verb, String path) {
        return new Call(vertx, client, port, verb.name(), path);
    }

    Call get(String path) {
        return call(Verb.GET, path);
    }

    Call post(String path) {
        return call(Verb.POST, path);
    }

    Call put(String path) {
        return call(Verb.PUT, path);
    }

    Call patch(String path) {
        return call(Verb.PATCH, path);
    }

    Call delete(String path) {
        return call(Verb.DELETE, path);
    }

    Call method(String method, String path) {
        return new Call(vertx, client, port, method, path);
    }

    @Override
    public void close() {
        vertx.close().await();
        registry.close();
        consistency.close();
    }

    /** Those that the test names last. */
    private final class Others implements OtherMembers {
        @Override
        public CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service) {
            return others.subscribers(service);
        }

        @Override
        public CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service) {
            return others.checkTimes(service);
        }
    }

    private final class OneNode implements ClusterFacts {
        @Override
        public List<Node> nodes() {
            return List.of(self());
        }

        @Override
        public Node self() {
            return new Node("127.0.0.1", port, "UP", 0);
        }

        @Override
        public boolean isStandalone() {
            return true;
        }

        @Override
        public String responsibleNode(ServiceName service) {
            return service.name().equals(elsewhere) ? "10.0.0.9:8848" : self().address();
        }

        @Override
        public int responsibleServiceCount() {
            return registry.index().serviceCount();
        }

        @Override
        public int responsibleInstanceCount() {
            return registry.index().ephemeralInstanceCount();
        }
    }

    /** Text as it stands in a query or a form. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
