package io.millrace.fastpath.engine;

import io.millrace.fastpath.ip.ControlOutput;
import io.millrace.fastpath.ip.Icmp;
import io.millrace.fastpath.ip.IcmpError;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.NeighbourTable;
import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.udp.Udp;

/** What the control plane's commands do to the protocols of an engine. Thread: the engine's. */
final class CommandHandler implements CommandRing.Handler {
    private final NeighbourTable neighbours;
    private final IpOutput ipOutput;
    private final ControlOutput controlOutput;
    private final Icmp icmp;
    private final Tcp tcp;
    private final Udp udp;

    CommandHandler(final NeighbourTable neighbours, final IpOutput ipOutput, final ControlOutput controlOutput,
            final Icmp icmp, final Tcp tcp,
            final Udp udp) {
        this.neighbours = neighbours;
        this.ipOutput = ipOutput;
        this.controlOutput = controlOutput;
        this.icmp = icmp;
        this.tcp = tcp;
        this.udp = udp;
    }

    @Override
    public void onNeighbourResolved(final int link, final long hi, final long lo, final long mac) {
        ipOutput.onNeighbourResolved(link, hi, lo, mac);
    }

    @Override
    public void onNeighbourFailed(final int link, final long hi, final long lo) {
        icmp.onNeighbourFailed(link, hi, lo);
    }

    @Override
    public void onNeighbourForgotten(final int link, final long hi, final long lo) {
        neighbours.invalidate(link, hi, lo);
    }

    @Override
    public void onTransmitArp(final int link, final int operation, final long senderMac, final int senderIp,
            final long targetMac,
            final int targetIp) {
        controlOutput.sendArp(link, operation, senderMac, senderIp, targetMac, targetIp);
    }

    @Override
    public void onTransmitIgmp(final int link, final int source, final int destination, final long address,
            final int length) {
        controlOutput.sendIgmp(link, source, destination, address, length);
    }

    @Override
    public void onTransmitIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long linkDestination, final int hopLimit, final boolean routerAlert,
            final long address, final int length) {
        controlOutput.sendIcmpv6(link, sourceHi, sourceLo, destinationHi, destinationLo, linkDestination, hopLimit,
                routerAlert, address, length);
    }

    @Override
    public void onTransmitDatagram(final int link, final int source, final int destination, final long linkDestination,
            final long address, final int length) {
        controlOutput.sendUdp(link, source, destination, linkDestination, address, length);
    }

    @Override
    public void onLinkMtuV6(final int link, final int mtu) {
        ipOutput.linkMtuV6(link, mtu);
    }

    @Override
    public void onLinkMtuV4(final int link, final int mtu) {
        ipOutput.linkMtuV4(link, mtu);
    }

    @Override
    public void onLinkHopLimitV6(final int link, final int hopLimit) {
        ipOutput.links().toldHopLimitV6(link, hopLimit);
    }

    @Override
    public void onAddressesRemoved() {
        tcp.onAddressesRemoved();
    }

    @Override
    public void onIcmpError(final int error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        tcp.onForwardedIcmpError(IcmpError.of(error), localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu);
    }

    @Override
    public void onListenerClosed(final int listenerId) {
        tcp.onListenerClosed(listenerId);
    }

    @Override
    public void onAbort(final long connection) {
        tcp.calls().abort(connection);
    }

    @Override
    public void onCloseEndpoint(final int endpoint) {
        udp.closeEndpoint(endpoint);
    }
}
