/**
 * The registry's figures as meters: {@code muster_naming_…}, and beside them the names that dashboards for Nacos read
 * (nacos-v1-http.md §7.4). The meter registry is handed in; figures are read when somebody scrapes.
 */
@NullMarked
package io.muster.naming.metrics;

import org.jspecify.annotations.NullMarked;
