/**
 * What the registry stores and speaks of, as immutable values: names, instances, services, clusters, namespaces,
 * switches, and an operator's overlays. {@link io.muster.naming.model.RegistryRecord} is everything that is stored by
 * key; {@link io.muster.naming.model.Keys} says under which.
 *
 * <p>Knows nothing of engines' inner life, HTTP, JSON, Vert.x or time. Safe for any thread. The rules of names and
 * bounds, and the texts of their refusals, are those of Nacos 1.4 (NamingUtils, Instance, Cluster, Service,
 * SwitchManager), stricter where its own were unsafe.
 */
@NullMarked
package io.muster.naming.model;

import org.jspecify.annotations.NullMarked;
