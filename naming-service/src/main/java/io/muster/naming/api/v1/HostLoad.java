package io.muster.naming.api.v1;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** How busy the machine is, as {@code operator/metrics} shows it. Reads what the kernel holds ready; any thread. */
final class HostLoad {

    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

    /** 0 to 1, of all cores; 0 where the platform does not tell. */
    double cpu() {
        return system instanceof com.sun.management.OperatingSystemMXBean sun ? Math.max(0, sun.getCpuLoad()) : 0;
    }

    /** Of the last minute; 0 where the platform does not tell. */
    double average() {
        return Math.max(0, system.getSystemLoadAverage());
    }

    /** The used share of the memory, 0 to 1; 0 where the platform does not tell. */
    double memory() {
        return system instanceof com.sun.management.OperatingSystemMXBean sun && sun.getTotalMemorySize() > 0
                ? 1 - (double) sun.getFreeMemorySize() / sun.getTotalMemorySize()
                : 0;
    }
}
