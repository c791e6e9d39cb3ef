package io.millrace.control.address;

import io.millrace.config.Cidr;

/**
 * A prefix whose hosts are reached without a gateway, beside those of the own addresses: a router or a lease said so.
 * Immutable. Thread: any.
 *
 * @param prefix its hosts.
 * @param link   where they are, 0 and more.
 */
public record OnLink(Cidr prefix, int link) {
    /** {@code fd00::/64}, {@code fd01::/64 link 1}. */
    @Override
    public String toString() {
        return link == 0 ? prefix.toString() : prefix + " link " + link;
    }
}
