package io.millrace.observe;

import java.util.Map;

/**
 * An own address, or a route, as it was when asked.
 *
 * @param kind        {@code address} for an own address, {@code own-prefix} for a prefix all of whose addresses are own,
 *                    {@code on-link} for one that is reached without a gateway, {@code route} for one that needs it.
 * @param destination address or prefix, e.g. {@code 10.0.0.2/24}.
 * @param gateway     next hop; empty where there is none.
 * @param state       of an own address: {@code PREFERRED}, {@code TENTATIVE}, ...; empty for the rest.
 * @param device      the device that it leads over, e.g. {@code tap:mr0}, where the stack has several; else empty.
 */
public record ObservedRoute(String kind, String destination, String gateway, String state, String device) {

    static ObservedRoute of(final Map<String, String> row) {
        return new ObservedRoute(row.get("kind"), row.get("destination"), row.getOrDefault("gateway", ""),
                row.getOrDefault("state", ""), row.getOrDefault("dev", ""));
    }
}
