package io.muster.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A story that {@code -Dmuster.acceptance=full} tells, and that takes too long for every build. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(named = "muster.acceptance", matches = "full", disabledReason = "part of the full run")
@interface InFullRun {}
