package io.millrace.control.neighbour;

import io.millrace.config.ConflictPolicy;

/**
 * How own addresses are tried, announced and defended.
 *
 * @param dadTransmits  solicitations before an IPv6 address is used (RFC 4862 DupAddrDetectTransmits), 0 to 10; 0: it is
 *                      used at once.
 * @param arpProbes     probes before a tentative IPv4 address is used (RFC 5227 PROBE_NUM), 0 to 10.
 * @param announcements of each address that comes into use (RFC 5227 ANNOUNCE_NUM), 0 for none.
 * @param policy        what becomes of one that another host claims.
 */
public record OwnAddressSettings(int dadTransmits, int arpProbes, int announcements, ConflictPolicy policy) {
    /** One solicitation, three probes, two announcements; addresses are kept. */
    public static final OwnAddressSettings DEFAULT = new OwnAddressSettings(1, 3, 2, ConflictPolicy.KEEP);

    /** The same with another number of announcements. */
    public OwnAddressSettings withAnnouncements(final int number) {
        return new OwnAddressSettings(dadTransmits, arpProbes, number, policy);
    }

    /** The same with another policy. */
    public OwnAddressSettings with(final ConflictPolicy other) {
        return new OwnAddressSettings(dadTransmits, arpProbes, announcements, other);
    }
}
