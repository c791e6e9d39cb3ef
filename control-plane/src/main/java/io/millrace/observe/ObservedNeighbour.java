package io.millrace.observe;

import java.util.Map;

/**
 * A neighbour, as it was when asked.
 *
 * @param address     its IP address.
 * @param linkAddress its link-layer address, e.g. {@code 02:00:00:00:00:01}; empty where it is not known.
 * @param state       of RFC 4861 §7.3.2 as Linux names it: {@code REACHABLE}, {@code STALE}, {@code FAILED}...
 * @param device      the device that it is behind, e.g. {@code tap:mr0}, where the stack has several; else empty.
 * @param router      true where it said that it is a router (IPv6).
 */
public record ObservedNeighbour(String address, String linkAddress, String state, String device, boolean router) {

    static ObservedNeighbour of(final Map<String, String> row) {
        return new ObservedNeighbour(row.get("address"), row.getOrDefault("link-address", ""), row.get("state"),
                row.getOrDefault("dev", ""), Boolean.parseBoolean(row.get("router")));
    }
}
