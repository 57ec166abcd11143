package io.muster.naming.check;

import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Logs in to a MySQL server and has it carry out a command. Asked whether it is read-only, a server that is so counts as unhealthy: that is how
 * Nacos tells a master from its replicas.
 */
final class MysqlProbe implements Probe {

    /** Whether the server takes writes, word for word as consoles of Nacos send it. */
    private static final String MASTER_QUESTION = "show global variables where variable_name='read_only'";

    private static final String DEFAULT_COMMAND = "select 1";

    /** Anybody who registers an instance could answer with a key of his own, and read what is sealed with it. */
    private static final String MAY_NOT_SEE_PASSWORD =
            "the server wants the password itself, see allowPublicKeyRetrieval";

    /** A larger packet is none that a health check has a use for. */
    static final int PACKET_BYTES_MAX = 64 * 1024;

    private static final int HEADER_BYTES = 4;

    private final NetClient client;

    /**
     * @param client gives up connecting soon after a check's time is over: until then the socket stays
     */
    MysqlProbe(NetClient client) {
        this.client = client;
    }

    @Override
    public Running begin(Plan plan, String address, long timeoutMillis, Ending ending) {
        Talk talk = new Talk((HealthChecker.Mysql) plan.checker(), ending);
        client.connect(plan.port(), address).onSuccess(talk::connected).onFailure(talk::failed);
        return talk;
    }

    private enum State {
        GREETING,
        LOGIN,
        PUBLIC_KEY,
        ANSWER,
        COLUMNS,
        ROWS,
        OVER
    }

    /** One connection, from the greeting to the first row. */
    private static final class Talk implements Running {
        private final HealthChecker.Mysql checker;
        private final String command;
        private final Ending ending;
        private State state = State.GREETING;
        private @Nullable NetSocket socket;
        private Buffer received = Buffer.buffer();
        private int sequence;
        private MysqlPackets.Handshake handshake = new MysqlPackets.Handshake(new byte[0], "");
        private boolean switched;
        private int columnsLeft;

        Talk(HealthChecker.Mysql checker, Ending ending) {
            this.checker = checker;
            this.command = checker.command().isBlank() ? DEFAULT_COMMAND : checker.command();
            this.ending = ending;
        }

        private void connected(NetSocket connected) {
            if (state == State.OVER) {
                connected.close();
                return;
            }
            socket = connected;
            connected.handler(this::received);
            connected.exceptionHandler(this::failed);
            connected.closeHandler(closed -> over(Verdict.failed("connection closed")));
        }

        private void received(Buffer chunk) {
            if (state == State.OVER) {
                return;
            }
            received.appendBuffer(chunk);
            int at = 0;
            try {
                while (state != State.OVER && received.length() - at >= HEADER_BYTES) {
                    int length = received.getUnsignedMediumLE(at);
                    if (length == 0 || length > PACKET_BYTES_MAX) {
                        throw new IllegalArgumentException("a packet of " + length + " bytes");
                    }
                    if (received.length() - at < HEADER_BYTES + length) {
                        break;
                    }
                    sequence = received.getUnsignedByte(at + HEADER_BYTES - 1) + 1;
                    take(received.getBuffer(at + HEADER_BYTES, at + HEADER_BYTES + length));
                    at += HEADER_BYTES + length;
                }
                received = received.getBuffer(Math.min(at, received.length()), received.length());
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                over(Verdict.failed("not understood: " + e.getMessage()));
            }
        }

        private void take(Buffer packet) {
            int first = packet.getUnsignedByte(0);
            if (first == MysqlPackets.ERROR) {
                over(Verdict.told(MysqlPackets.error(packet)));
                return;
            }
            switch (state) {
                case GREETING -> {
                    handshake = MysqlPackets.handshake(packet);
                    state = State.LOGIN;
                    send(MysqlPackets.response(handshake, checker.user(), checker.password()));
                }
                case LOGIN -> login(first, packet);
                case PUBLIC_KEY -> {
                    state = State.LOGIN;
                    send(MysqlPackets.sealed(
                            checker.password(), handshake.salt(), packet.getString(1, packet.length())));
                }
                case ANSWER -> answer(first);
                case COLUMNS -> column(first, packet);
                case ROWS -> over(judged(first, packet));
                case OVER -> {
                    // What came behind the last packet that mattered.
                }
            }
        }

        private void login(int first, Buffer packet) {
            switch (first) {
                case MysqlPackets.OK -> {
                    state = State.ANSWER;
                    sequence = 0;
                    send(MysqlPackets.query(command));
                }
                case MysqlPackets.EOF -> {
                    if (switched) {
                        throw new IllegalArgumentException("a second switch of the password method");
                    }
                    switched = true;
                    handshake = MysqlPackets.authSwitch(packet);
                    send(Buffer.buffer(MysqlPackets.proof(handshake.plugin(), handshake.salt(), checker.password())));
                }
                case MysqlPackets.MORE_DATA -> {
                    int more = packet.getUnsignedByte(1);
                    if (more == MysqlPackets.FULL_AUTH && !checker.allowPublicKeyRetrieval()) {
                        over(Verdict.told(MAY_NOT_SEE_PASSWORD));
                    } else if (more == MysqlPackets.FULL_AUTH) {
                        state = State.PUBLIC_KEY;
                        send(Buffer.buffer(new byte[] {2}));
                    } else if (more != MysqlPackets.FAST_AUTH_OK) {
                        throw new IllegalArgumentException("login data " + more);
                    }
                }
                default -> throw new IllegalArgumentException("a login answered by " + first);
            }
        }

        private void answer(int first) {
            if (first == MysqlPackets.OK) {
                over(Verdict.PASSED);
            } else if (first >= MysqlPackets.LOCAL_INFILE) {
                throw new IllegalArgumentException("a result that is none");
            } else {
                columnsLeft = first;
                state = State.COLUMNS;
            }
        }

        /** Definitions are passed over, up to the packet that ends them. */
        private void column(int first, Buffer packet) {
            if (first == MysqlPackets.EOF && packet.length() < MysqlPackets.EOF_BYTES_MAX) {
                state = State.ROWS;
            } else if (--columnsLeft < 0) {
                throw new IllegalArgumentException("more columns than there are");
            }
        }

        private Verdict judged(int first, Buffer row) {
            boolean none = first == MysqlPackets.EOF && row.length() < MysqlPackets.EOF_BYTES_MAX;
            boolean asked = command.trim().toLowerCase(Locale.ROOT).equals(MASTER_QUESTION);
            return !none && asked && MysqlPackets.column(row, 1).equalsIgnoreCase("ON")
                    ? Verdict.told("read-only")
                    : Verdict.PASSED;
        }

        /** An empty payload is a packet, too: an empty password's proof. */
        private void send(Buffer payload) {
            if (socket != null) {
                socket.write(Buffer.buffer()
                        .appendMediumLE(payload.length())
                        .appendUnsignedByte((short) (sequence & 0xff))
                        .appendBuffer(payload));
                sequence++;
            }
        }

        private void failed(Throwable failure) {
            if (state != State.OVER) {
                leave(false);
                ending.failed(failure);
            }
        }

        private void over(Verdict verdict) {
            if (state != State.OVER) {
                leave(state == State.ANSWER || state == State.COLUMNS || state == State.ROWS);
                ending.seen(verdict);
            }
        }

        /** A server notes clients that hang up without a word. */
        private void leave(boolean loggedIn) {
            state = State.OVER;
            if (socket != null) {
                if (loggedIn) {
                    sequence = 0;
                    send(MysqlPackets.quit());
                }
                socket.close();
            }
        }

        @Override
        public void cancel() {
            if (state != State.OVER) {
                leave(false);
            }
        }
    }
}
