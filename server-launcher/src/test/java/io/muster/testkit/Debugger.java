package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds single threads of a server process, which was started with {@link #AGENT}, while all others of it run on: what a bug does that never ends. By the JDK's own
 * debugger interface.
 *
 * <p>Closing it lets everything go on that it holds. One thread drives it.
 */
public final class Debugger implements AutoCloseable {

    /** The option of a JVM that can be debugged; it chooses a port itself, so that none can be taken. */
    public static final String AGENT = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

    private static final Pattern LISTENING =
            Pattern.compile("^Listening for transport dt_socket at address: (?:\\S+:)?(\\d+)$", Pattern.MULTILINE);

    private static final Duration LISTENS_WITHIN = Duration.ofSeconds(30);
    private static final String ATTACHES_BY = "com.sun.jdi.SocketAttach";

    private final VirtualMachine machine;

    private Debugger(VirtualMachine machine) {
        this.machine = machine;
    }

    /** Attaches to a process that runs. */
    public static Debugger attach(ServerProcess process) {
        await("the agent listens")
                .atMost(LISTENS_WITHIN)
                .until(() -> LISTENING.matcher(process.stdout()).find());
        Matcher listening = LISTENING.matcher(process.stdout());
        assertThat(listening.find()).isTrue();
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(candidate -> candidate.name().equals(ATTACHES_BY))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(listening.group(1));
        try {
            return new Debugger(connector.attach(arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalConnectorArgumentsException e) {
            throw new AssertionError(e);
        }
    }

    /** From now on holds the next thread that enters this method, and no other; the class must be loaded. */
    public Trap trap(String className, String method) {
        List<ReferenceType> types = machine.classesByName(className);
        assertThat(types).as("classes named %s", className).hasSize(1);
        var methods = types.get(0).methodsByName(method);
        assertThat(methods).as("methods %s of %s", method, className).hasSize(1);
        BreakpointRequest request = machine.eventRequestManager()
                .createBreakpointRequest(methods.get(0).location());
        request.addCountFilter(1);
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        request.enable();
        return new Trap(className + "." + method);
    }

    /** Lets all threads go on, and the process be. */
    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException e) {
            // it has ended
        }
    }

    /** A method whose next visitor is held. */
    public final class Trap {

        private final String where;

        private Trap(String where) {
            this.where = where;
        }

        /** Waits until a thread is held here. */
        public HeldThread awaitHeld(Duration longest) {
            long startNanos = System.nanoTime();
            while (true) {
                long leftMillis =
                        longest.minusNanos(System.nanoTime() - startNanos).toMillis();
                EventSet events = leftMillis > 0 ? next(leftMillis) : null;
                assertThat(events)
                        .as("a thread enters %s within %s", where, longest)
                        .isNotNull();
                for (Event event : events) {
                    if (event instanceof BreakpointEvent entered) {
                        return new HeldThread(entered.thread());
                    }
                }
                events.resume();
            }
        }

        private EventSet next(long longestMillis) {
            try {
                return machine.eventQueue().remove(longestMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for a thread to enter " + where, e);
            }
        }
    }

    /** A thread that stands still. */
    public static final class HeldThread {

        private final ThreadReference thread;

        private HeldThread(ThreadReference thread) {
            this.thread = thread;
        }

        public void letGo() {
            thread.resume();
        }

        @Override
        public String toString() {
            return thread.name();
        }
    }
}
