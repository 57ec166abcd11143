package io.muster.naming.check;

import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Verdict;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;

/**
 * Connecting is enough. The connection is closed at once and never kept for the next check: one that stands says nothing of whether the
 * target still takes others (decision 0033).
 */
final class TcpProbe implements Probe {

    private final NetClient client;

    /**
     * @param client gives up connecting soon after a check's time is over: until then the socket stays
     */
    TcpProbe(NetClient client) {
        this.client = client;
    }

    @Override
    public Running begin(Plan plan, String address, long timeoutMillis, Ending ending) {
        Connecting connecting = new Connecting(ending);
        client.connect(plan.port(), address).onSuccess(connecting::connected).onFailure(connecting::failed);
        return connecting;
    }

    private static final class Connecting implements Running {
        private final Ending ending;
        private boolean over;

        Connecting(Ending ending) {
            this.ending = ending;
        }

        private void connected(NetSocket socket) {
            socket.close();
            if (!over) {
                over = true;
                ending.seen(Verdict.PASSED);
            }
        }

        private void failed(Throwable failure) {
            if (!over) {
                over = true;
                ending.failed(failure);
            }
        }

        @Override
        public void cancel() {
            over = true;
        }
    }
}
