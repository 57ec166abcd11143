package io.muster.naming.api.v1;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.util.List;

/**
 * Login (nacos-v1-http.md §9). Answered always, since clients that have a user name log in whether or not the server
 * asks for it; while authentication is off, any name is taken as it is.
 */
final class AuthApi {

    private static final int CREDENTIAL_CHARS_MAX = 512;

    private static final Param<String> USERNAME =
            Param.text("username", CREDENTIAL_CHARS_MAX, "operator").requiredBySpring();

    /** Not looked at while authentication is off; bounded all the same. */
    private static final Param<String> PASSWORD = Param.text("password", CREDENTIAL_CHARS_MAX, "secret");

    private final AccessTokens tokens;

    AuthApi(AccessTokens tokens) {
        this.tokens = tokens;
    }

    List<Route> routes() {
        Route login = Route.immediate(
                        Verb.POST,
                        "/v1/auth/users/login",
                        List.of(USERNAME, PASSWORD),
                        "Issues an access token",
                        this::login)
                .access(Access.OPEN);
        return List.of(login, login.at("/v1/auth/login"));
    }

    private Answer login(ApiRequest request) {
        String user = request.get(USERNAME);
        request.find(PASSWORD);
        String token = tokens.issue(user);
        return Json.object(json -> {
                    json.writeStringField("accessToken", token);
                    json.writeNumberField("tokenTtl", tokens.ttlSeconds());
                    json.writeBooleanField("globalAdmin", true);
                    json.writeStringField("username", user);
                })
                .with("Authorization", "Bearer " + token);
    }
}
