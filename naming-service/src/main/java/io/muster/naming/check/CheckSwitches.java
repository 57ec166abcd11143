package io.muster.naming.check;

import io.muster.naming.check.core.CheckSettings;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.Switch;
import io.muster.naming.model.SwitchSettings;
import java.util.Set;

/** What the cluster's switches mean for checks (nacos-v1-http.md §5.1). */
record CheckSwitches(boolean on, Set<String> checkedAnyway, CheckSettings settings) {

    private static final int HTTP_TIMES = 2;
    private static final int MYSQL_TIMES = 4;

    static CheckSwitches of(SwitchSettings switches, CheckConfig config) {
        long timeoutMillis = config.timeoutMillis();
        return new CheckSwitches(
                switches.isOn(Switch.HEALTH_CHECK),
                Set.copyOf(switches.healthCheckWhiteList()),
                new CheckSettings(
                        switches.checkTimes(),
                        pace(switches.healthParams(Switch.TCP_HEALTH_PARAMS), timeoutMillis),
                        pace(switches.healthParams(Switch.HTTP_HEALTH_PARAMS), HTTP_TIMES * timeoutMillis),
                        pace(switches.healthParams(Switch.MYSQL_HEALTH_PARAMS), MYSQL_TIMES * timeoutMillis),
                        config.perSecondMax(),
                        config.silenceHeldMillis()));
    }

    private static CheckSettings.Pace pace(SwitchSettings.HealthParams params, long timeoutMillis) {
        return new CheckSettings.Pace(params.maxMillis(), params.minMillis(), params.factor(), timeoutMillis);
    }

    /** Whether the service is checked; a white list names services that are even while checks are off. */
    boolean checks(ServiceName service) {
        return on || checkedAnyway.contains(service.grouped()) || checkedAnyway.contains(service.keyGroup());
    }
}
