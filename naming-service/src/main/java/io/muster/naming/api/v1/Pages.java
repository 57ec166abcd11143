package io.muster.naming.api.v1;

import java.util.List;

/** Pages of lists, as consoles and clients count them. */
final class Pages {

    private Pages() {}

    /** Pages count from 1, and 0 means the first. In longs: clients ask for pages of 2³¹−1. */
    static <T> List<T> page(List<T> all, int pageNo, int pageSize) {
        long from = Math.min(all.size(), (Math.max(pageNo, 1) - 1L) * pageSize);
        long to = Math.min(all.size(), from + pageSize);
        return all.subList((int) from, (int) to);
    }
}
