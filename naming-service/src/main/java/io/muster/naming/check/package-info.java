/**
 * Checks persistent instances (R72): {@link io.muster.naming.check.CheckRounds} drives the state machine of {@link
 * io.muster.naming.check.core} and writes its verdicts as ephemeral records that readers lay over what is registered (design
 * §7); {@link io.muster.naming.check.HealthChecks} runs it on Vert.x, with sockets. Knows the registry's index and records; nothing of the registry knows it.
 *
 * <p>Threads: everything runs on one Vert.x context of its own, unless a method says otherwise; nothing blocks.
 *
 * <p>Probes go out as this server: without redirects or proxies, with bounds on what they read. Roles as in Nacos 1.4's
 * TcpSuperSenseProcessor, HttpHealthCheckProcessor and MysqlHealthCheckProcessor; the pace and the rule for a flip are ours (decision 0033).
 */
@NullMarked
package io.muster.naming.check;

import org.jspecify.annotations.NullMarked;
