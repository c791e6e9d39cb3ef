package io.millrace.observe;

import java.util.Map;

/**
 * A neighbour, as it was when asked.
 *
 * @param address     its IP address.
 * @param linkAddress its link-layer address, e.g. {@code 02:00:00:00:00:01}; empty where it is not known.
 * @param state       of RFC 4861 §7.3.2 as Linux names it: {@code REACHABLE}, {@code STALE}, {@code FAILED}...
 * @param router      true where it said that it is a router (IPv6).
 */
public record ObservedNeighbour(String address, String linkAddress, String state, boolean router) {

    static ObservedNeighbour of(final Map<String, String> row) {
        return new ObservedNeighbour(row.get("address"), row.getOrDefault("link-address", ""), row.get("state"),
                Boolean.parseBoolean(row.get("router")));
    }
}
