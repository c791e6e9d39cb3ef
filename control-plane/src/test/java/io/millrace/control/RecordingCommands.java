package io.millrace.control;

import io.millrace.control.autoconf.LinkParameters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** An engine's command ring that writes down what comes, and can be full. */
public final class RecordingCommands implements EngineCommands {
    private final List<String> log = new ArrayList<>();
    private boolean full;

    /** What came since the last call. */
    public synchronized List<String> take() {
        final List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    public synchronized void full(final boolean value) {
        full = value;
    }

    @Override
    public boolean icmpError(final int error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        return add("icmp error " + error + ' ' + IpAddress.toString(localHi, localLo) + " > "
                + IpAddress.toString(remoteHi, remoteLo) + ' ' + Integer.toHexString(ports) + ' ' + sequence + ' '
                + mtu);
    }

    @Override
    public boolean neighbourResolved(final int link, final long hi, final long lo, final long mac) {
        return add(on(link) + "resolved " + IpAddress.toString(hi, lo) + " " + Long.toHexString(mac));
    }

    @Override
    public boolean neighbourFailed(final int link, final long hi, final long lo) {
        return add(on(link) + "failed " + IpAddress.toString(hi, lo));
    }

    @Override
    public boolean neighbourForgotten(final int link, final long hi, final long lo) {
        return add(on(link) + "forgotten " + IpAddress.toString(hi, lo));
    }

    @Override
    public boolean transmitArp(final int link, final int operation, final long senderMac, final int senderIp,
            final long targetMac,
            final int targetIp) {
        return add(on(link) + (operation == 1 ? "request " : "reply ") + Long.toHexString(senderMac) + " "
                + ip(senderIp) + " > "
                + Long.toHexString(targetMac) + " " + ip(targetIp));
    }

    @Override
    public synchronized boolean transmitIgmp(final int link, final int source, final int destination,
            final long address,
            final int length) {
        return !full
                && add(on(link) + "igmp " + ip(source) + " > " + ip(destination) + ": " + IgmpText.of(address, length));
    }

    @Override
    public boolean transmitIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long linkDestination, final int hopLimit, final boolean routerAlert,
            final long address, final int length) {
        return add(on(link) + "icmpv6 " + IpAddress.toString(sourceHi, sourceLo) + " > "
                + IpAddress.toString(destinationHi, destinationLo) + " " + Long.toHexString(linkDestination) + " "
                + hopLimit + (routerAlert ? " alert" : "") + ": " + Icmpv6Text.of(address, length));
    }

    @Override
    public boolean transmitDatagram(final int link, final int source, final int destination, final long linkDestination,
            final long address, final int length) {
        final byte[] datagram = new byte[length];
        Memory.copyToArray(address, datagram, 0, length);
        return add(on(link) + "datagram " + ip(source) + " > " + ip(destination) + " "
                + Long.toHexString(linkDestination) + ": " + HexFormat.of().formatHex(datagram));
    }

    @Override
    public boolean linkMtuV6(final int link, final int mtu) {
        return add(on(link) + "link mtu v6 " + mtu);
    }

    @Override
    public boolean linkMtuV4(final int link, final int mtu) {
        return add(on(link) + "link mtu v4 " + mtu);
    }

    @Override
    public boolean linkHopLimitV6(final int link, final int hopLimit) {
        return add(on(link) + "link hop limit v6 " + hopLimit);
    }

    /** What a router says of a link, as commands to this. */
    public LinkParameters parameters(final int link) {
        return new LinkParameters() {
            @Override
            public void mtu(final int bytes) {
                linkMtuV6(link, bytes);
            }

            @Override
            public void hopLimit(final int hops) {
                linkHopLimitV6(link, hops);
            }
        };
    }

    @Override
    public boolean addressesRemoved() {
        return add("addresses removed");
    }

    @Override
    public boolean listenerClosed(final int listenerId) {
        return add("closed " + listenerId);
    }

    @Override
    public boolean abort(final long connection) {
        return add("abort " + connection);
    }

    @Override
    public boolean closeEndpoint(final int endpoint) {
        return add("close endpoint " + endpoint);
    }

    private synchronized boolean add(final String command) {
        if (!full) {
            log.add(command);
        }
        return !full;
    }

    private static String on(final int link) {
        return link == 0 ? "" : "link " + link + ": ";
    }

    private static String ip(final int address) {
        return IpAddress.toString(0, IpAddress.v4(address));
    }
}
