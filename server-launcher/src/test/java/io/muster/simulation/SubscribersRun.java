package io.muster.simulation;

import io.muster.member.MemberAddress;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.Subscriber;
import io.muster.sim.VirtualTime;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Lack;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.SubjectRun;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of {@link SubscribersSubject}. */
final class SubscribersRun implements SubjectRun {

    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Who has beaten for so long, through whichever server answered, is on every list: it has been heard of, and told, several times. */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(9);

    /** What a node may take after a pause until it has heard what it missed. */
    private static final long CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** IX3: a good file is taken up within two looks, and some air. */
    private static final long ADOPTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1_600);

    private final SimRun run;
    private final JointBug bug;
    private final SimCluster cluster;
    private final VirtualTime clock;
    private final RandomGenerator random;
    private final List<@Nullable RegistryNode> nodes = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<MemberFileOfNode> files = new ArrayList<>();

    /** Per node: the last good list that an operator wrote, and when; what may be in force is that, or the one before while it is young. */
    private final List<List<MemberAddress>> wished = new ArrayList<>();

    private final List<List<MemberAddress>> wishedBefore = new ArrayList<>();
    private final long[] wishedNanos;
    private final long[] pausedNanos;
    private final boolean[] served;
    private boolean quiet;

    SubscribersRun(SimRun run, JointBug bug) {
        this.run = run;
        this.bug = bug;
        this.cluster = run.cluster();
        this.clock = cluster.clock();
        this.random = cluster.seeds().stream("readers");
        this.wishedNanos = new long[cluster.size()];
        this.pausedNanos = new long[cluster.size()];
        this.served = new boolean[cluster.size()];
        for (int node = 0; node < cluster.size(); node++) {
            nodes.add(null);
            pausedNanos[node] = NEVER;
            wishedNanos[node] = NEVER;
            wished.add(cluster.addresses());
            wishedBefore.add(cluster.addresses());
            files.add(new MemberFileOfNode(cluster.addresses(), bug == JointBug.N18_EMPTY_FILE_ADOPTED));
            files.get(node).write(text(cluster.addresses()));
        }
        for (int i = 0; i < run.knob(SubscribersSubject.INSTANCES); i++) {
            clients.add(new Client(i));
        }
        for (int i = 0; i < run.knob(SubscribersSubject.READERS); i++) {
            Reader reader = new Reader(i);
            readers.add(reader);
            clock.after(Duration.ofMillis(1 + random.nextInt(500)), reader::poll);
        }
        look();
    }

    private static String text(List<MemberAddress> addresses) {
        return addresses.stream().map(MemberAddress::name).collect(Collectors.joining("\n")) + "\n";
    }

    private ServiceName service(long number) {
        return ServiceName.of("", "", "service-" + number % run.knob(SubscribersSubject.SERVICES));
    }

    private long nowNanos() {
        return clock.monoNanos();
    }

    /** The first node from this one on that serves (R43). */
    private Optional<RegistryNode> serving(int from) {
        for (int i = 0; i < nodes.size(); i++) {
            RegistryNode node = nodes.get((from + i) % nodes.size());
            if (node != null && node.serves()) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /** A provider with full beats. */
    private final class Client {

        final ServiceName service;
        final Instance instance;
        int home;
        int life;
        boolean alive;

        /** When a server took a beat of this life for the first time. */
        OptionalLong takenNanos = OptionalLong.empty();

        Client(int number) {
            service = service(number);
            instance = Instance.ephemeral(new InstanceKey("10.0.0." + (1 + number), 8080, "DEFAULT"));
        }

        String address() {
            return instance.ip() + ":" + instance.port();
        }

        void start(int server) {
            if (!alive) {
                alive = true;
                takenNanos = OptionalLong.empty();
                home = server;
                beat(++life);
            }
        }

        void die() {
            alive = false;
            life++;
        }

        private void beat(int ofLife) {
            if (ofLife == life) {
                serving(home).ifPresent(node -> {
                    node.beat(service, instance);
                    if (takenNanos.isEmpty()) {
                        takenNanos = OptionalLong.of(nowNanos());
                    }
                });
                clock.after(BEAT, () -> beat(ofLife));
            }
        }

        void leave(int server) {
            if (alive) {
                die();
                serving(server).ifPresent(node -> node.deregister(service, instance));
            }
        }

        boolean isSteady() {
            return alive && takenNanos.isPresent() && nowNanos() - takenNanos.getAsLong() > STEADY_NANOS;
        }
    }

    /** A consumer that polls and is pushed to, by one server until it answers no more. */
    private final class Reader {

        final int number;
        final ServiceName service;
        int server;
        long changedAt;
        TreeSet<String> last = new TreeSet<>();

        /** Whose lists it reads, so that revisions can be compared. */
        @Nullable
        RegistryNode source;

        Reader(int number) {
            this.number = number;
            this.service = service(random.nextInt(64));
            this.server = random.nextInt(cluster.size());
        }

        Subscriber subscriber() {
            return new Subscriber(service, "", "10.1.0." + number, 9_000 + number, NameForm.GROUPED, "", "");
        }

        void poll() {
            RegistryNode node = nodes.get(server);
            Optional<byte[]> list = node == null ? Optional.empty() : node.list(subscriber());
            if (node != null && list.isPresent()) {
                run.mark("polled");
                takes(node, list.get());
            } else {
                run.mark("refused a list");
                server = (server + 1) % cluster.size();
            }
            long next = list.isPresent() ? run.knob(SubscribersSubject.POLL_MILLIS) : 200;
            clock.after(Duration.ofMillis(next), this::poll);
        }

        void takes(RegistryNode from, byte[] list) {
            JsonObject json = new JsonObject(Buffer.buffer(list));
            long changed = json.getLong("lastRefTime");
            TreeSet<String> hosts = new TreeSet<>();
            JsonArray array = json.getJsonArray("hosts");
            for (int i = 0; i < array.size(); i++) {
                JsonObject host = array.getJsonObject(i);
                hosts.add(host.getString("ip") + ":" + host.getInteger("port"));
            }
            int node = from.process.index();
            require(
                    from != source || changed >= changedAt,
                    "ID11",
                    node,
                    "PushTruth: a reader saw the list of " + changedAt + " and then that of " + changed);
            lacksNobody(node, hosts);
            source = from;
            changedAt = changed;
            last = hosts;
        }

        private void lacksNobody(int node, SortedSet<String> hosts) {
            if (nowNanos() - pausedNanos[node] < CATCH_UP_NANOS) {
                return;
            }
            for (Client client : clients) {
                require(
                        !client.isSteady() || !client.service.equals(service) || hosts.contains(client.address()),
                        "ID11",
                        node,
                        "PushTruth: " + client.address() + " lives, and a reader of " + service.name() + " was given "
                                + hosts);
            }
        }
    }

    private void pushed(int node, byte[] list, List<Subscriber> to) {
        RegistryNode from = nodes.get(node);
        for (Subscriber subscriber : to) {
            Reader reader = readers.get(subscriber.port() - 9_000);
            if (from != null && reader.server == node) {
                run.mark("pushed");
                reader.takes(from, list);
            }
        }
    }

    // What operators do

    private void write(int node, int way) {
        List<MemberAddress> all = cluster.addresses();
        String good = text(all);
        String text = switch (way % 8) {
            case 0 -> "";
            case 1 -> good.substring(0, way % good.length()) + ":::";
            case 2 -> "# nobody\n\n";
            case 3 -> new String(new byte[] {0, 1, (byte) 0xff, 10}, StandardCharsets.ISO_8859_1);
            case 4 -> good + "n1:port\n";
            case 5 -> good + good;
            case 6 -> "# reordered\n" + text(all.subList(1, all.size())) + text(all.subList(0, 1));
            default -> good;
        };
        boolean isGood = way % 8 >= 5;
        run.mark(isGood ? "good file" : "bad file");
        if (isGood) {
            wishedBefore.set(node, wished.get(node));
            wished.set(node, all);
            wishedNanos[node] = nowNanos();
        }
        files.get(node).write(text);
    }

    /** IX3: what is in force is a good list that somebody wrote, and the last one when there was time to take it up. */
    private void saneViews() {
        for (int node = 0; node < nodes.size(); node++) {
            List<MemberAddress> inForce = files.get(node).inForce();
            boolean fresh = nowNanos() - wishedNanos[node] < ADOPTION_NANOS;
            TreeSet<MemberAddress> found = new TreeSet<>(inForce);
            require(
                    found.equals(new TreeSet<>(wished.get(node)))
                            || (fresh && found.equals(new TreeSet<>(wishedBefore.get(node)))),
                    "IX3",
                    node,
                    "ViewSane: " + inForce + " is in force, and the last good list is " + wished.get(node));
        }
    }

    private boolean names(int lister, int listed) {
        return files.get(lister).inForce().contains(cluster.addresses().get(listed));
    }

    // The run

    private void look() {
        clock.after(LOOK, () -> {
            for (int node = 0; node < nodes.size(); node++) {
                RegistryNode one = nodes.get(node);
                if (one != null && !cluster.machine(node).awake()) {
                    pausedNanos[node] = nowNanos();
                }
                if (one != null && cluster.machine(node).awake()) {
                    files.get(node).look();
                }
                boolean serves = one != null && one.serves();
                if (serves && !served[node]) {
                    run.sensitive("serves again", node);
                }
                served[node] = serves;
            }
            saneViews();
            look();
        });
    }

    @Override
    public void start(SimProcess process) {
        int node = process.index();
        pausedNanos[node] = NEVER;
        nodes.set(node, new RegistryNode(cluster, process, this::names, bug, (list, to) -> pushed(node, list, to)));
    }

    @Override
    public void stopped(int node) {
        nodes.set(node, null);
    }

    @Override
    public void perform(Operation operation) {
        int argument = (int) operation.argument();
        if (operation.kind().equals(SubscribersSubject.WRITE)) {
            write(operation.client() % cluster.size(), argument);
            return;
        }
        if (operation.client() >= clients.size()) {
            return;
        }
        Client client = clients.get(operation.client());
        switch (operation.kind()) {
            case SubscribersSubject.START -> client.start(argument);
            case SubscribersSubject.DIE -> client.die();
            case SubscribersSubject.LEAVE -> client.leave(argument);
            default -> throw new IllegalArgumentException("unknown operation " + operation);
        }
    }

    @Override
    public void check(int node) {
        RegistryNode checked = nodes.get(node);
        if (checked != null) {
            checked.failure().ifPresent(cause -> {
                throw new IllegalStateException("the engine of n" + (node + 1) + " stopped: " + cause, cause);
            });
        }
    }

    @Override
    public void begin(Phase phase, List<Integer> healthy) {
        quiet = phase == Phase.DRAIN;
    }

    /** ID11: what each reader was told last is what its server shows, and nobody who died is shown (ID3). */
    @Override
    public Optional<Lack> lacking(Phase phase) {
        if (phase == Phase.CORE) {
            return Optional.empty();
        }
        for (RegistryNode node : nodes) {
            if (node == null || !node.serves()) {
                return Optional.of(new Lack("ID1", "not all nodes serve"));
            }
            for (Client client : clients) {
                boolean listed = node.addresses(client.service).contains(client.address());
                if (listed != client.alive) {
                    return Optional.of(new Lack(
                            client.alive ? "ID2" : "ID3",
                            client.address() + (client.alive ? " lives and is not listed" : " is dead and listed")));
                }
                if (!client.alive && client.life > 0) {
                    run.mark("gone for good");
                }
            }
        }
        for (Reader reader : readers) {
            RegistryNode source = nodes.get(reader.server);
            if (source == null || !reader.last.equals(new TreeSet<>(source.addresses(reader.service)))) {
                return Optional.of(new Lack("ID11", "PushTruth: a reader believes " + reader.last));
            }
        }
        return Optional.empty();
    }

    @Override
    public void finish() {
        require(quiet, "IX3", InvariantViolation.NO_NODE, "a run ends when all is quiet");
        saneViews();
    }

    private static void require(boolean holds, String invariant, int node, String values) {
        if (!holds) {
            throw new InvariantViolation(invariant, node, values);
        }
    }
}
