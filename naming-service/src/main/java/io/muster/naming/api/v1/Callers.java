package io.muster.naming.api.v1;

import io.muster.naming.api.ApiRequest;
import io.muster.naming.registry.Caller;

/** Who a request comes from, as the audit names it (X21). */
final class Callers {

    private Callers() {}

    /** While authentication is off nobody has a name. */
    static Caller of(ApiRequest request) {
        return new Caller("", request.remoteHost());
    }
}
