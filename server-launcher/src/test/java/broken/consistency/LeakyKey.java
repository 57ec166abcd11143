package broken.consistency;

import broken.naming.EngineNamer;
import io.vertx.core.Vertx;

/** Knows another module and shows a library's type. */
public final class LeakyKey {

    public Vertx vertx() {
        return Vertx.vertx();
    }

    public EngineNamer caller() {
        return new EngineNamer();
    }
}
