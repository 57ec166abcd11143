package broken.naming;

import broken.distro.DistroFriend;
import java.util.concurrent.CompletableFuture;

/** Names an engine, waits for a future, keeps mutable static state. */
public final class EngineNamer {

    @SuppressWarnings("NonFinalStaticField")
    static int calls;

    public DistroFriend engine() {
        calls++;
        return CompletableFuture.completedFuture(new DistroFriend()).join();
    }
}
