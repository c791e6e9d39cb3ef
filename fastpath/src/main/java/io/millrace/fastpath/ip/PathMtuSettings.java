package io.millrace.fastpath.ip;

import java.util.concurrent.TimeUnit;

/**
 * Bounds of what an engine remembers of paths. Values are checked by the configuration, not here. Thread: any.
 *
 * @param entries   destinations remembered at once, 16 to 1,048,576; beyond, the oldest goes.
 * @param minimumV4 smallest path MTU believed over IPv4, in bytes, 68 to 65,535 (Linux: net.ipv4.route.min_pmtu); where
 *                  a path takes less, routers may fragment. Over IPv6 it is 1,280 (RFC 8201 §4).
 * @param expiryNs  how long what is known of a path holds (Linux: net.ipv4.route.mtu_expires), 1 s to 1 day.
 */
public record PathMtuSettings(int entries, int minimumV4, long expiryNs) {
    /** 4,096 destinations; otherwise as Linux: 552 bytes, ten minutes (RFC 1191 §6.3). */
    public static final PathMtuSettings DEFAULT = new PathMtuSettings(4_096, 552, TimeUnit.MINUTES.toNanos(10));
}
