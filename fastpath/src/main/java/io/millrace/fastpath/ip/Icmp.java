package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.Icmpv4Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * ICMP for IPv4 (RFC 792, RFC 1122 §3.2.2): answers echo requests, sends errors at a bounded rate, hands errors about
 * our own packets to the transport. That for IPv6 goes with it. Thread: the engine's.
 */
public final class Icmp implements AutoCloseable {
    private static final int QUOTED_TRANSPORT = 8;
    private static final int TCP_SEQUENCE = 4;

    private final EngineControl control;
    private final EngineCounters counters;
    private final IpOutput output;
    private final NeighbourTable neighbours;
    private final TransportInput transport;
    private final DatagramInput datagrams;
    private final TokenBucket errors;
    private final TokenBucket echoes;
    /** Routers may fragment it: what ICMP says about the path of a datagram is not remembered. */
    private final OutgoingDatagram reply = new OutgoingDatagram(IpProtocol.ICMP).fragmentation(Fragmentation.ANYWHERE);
    private final Icmpv6 v6;
    private final Icmpv4Header header = new Icmpv4Header();
    private final Ipv4Header quoted = new Ipv4Header();

    public Icmp(final EngineControl control, final EngineCounters counters, final IpOutput output,
            final NeighbourTable neighbours, final TransportInput transport, final DatagramInput datagrams,
            final int perSecond) {
        this.control = control;
        this.counters = counters;
        this.output = output;
        this.neighbours = neighbours;
        this.transport = transport;
        this.datagrams = datagrams;
        this.errors = new TokenBucket(perSecond);
        this.echoes = new TokenBucket(perSecond);
        this.v6 = new Icmpv6(control, counters, output, transport, datagrams, perSecond);
    }

    /** The same for IPv6, with a rate of its own. */
    Icmpv6 v6() {
        return v6;
    }

    /** Errors, and echo replies, sent in a second at the most from now on. */
    public void rate(final int perSecond) {
        errors.rate(perSecond);
        echoes.rate(perSecond);
        v6.rate(perSecond);
    }

    /** A message for one of our addresses. */
    void onMessage(final Ipv4Header ip, final long nowNs) {
        final long address = ip.payloadAddress();
        final int length = ip.payloadLength();
        if (!header.wrap(address, length)) {
            counters.increment(Counter.ICMP_MALFORMED);
        } else if (Checksum.of(address, length) != 0) {
            counters.increment(Counter.ICMP_BAD_CHECKSUM);
        } else {
            switch (header.type()) {
                case Icmpv4Header.ECHO_REQUEST -> onEcho(ip, nowNs);
                case Icmpv4Header.DESTINATION_UNREACHABLE -> onUnreachable(address, length);
                case Icmpv4Header.TIME_EXCEEDED -> onError(IcmpError.UNREACHABLE, address, length, 0);
                default -> counters.increment(Counter.ICMP_IGNORED);
            }
        }
    }

    /** Tells the sender of a packet that it cannot be delivered here. */
    void sendUnreachable(final int code, final Ipv4Header offending, final long nowNs) {
        sendError(Icmpv4Header.DESTINATION_UNREACHABLE, code, offending, nowNs);
    }

    /** Tells the sender of a datagram that its fragments did not all come in time (RFC 1122 §3.3.2). */
    void sendReassemblyTimeExceeded(final Ipv4Header fragmentZero, final long nowNs) {
        sendError(Icmpv4Header.TIME_EXCEEDED, Icmpv4Header.REASSEMBLY_TIME_EXCEEDED, fragmentZero, nowNs);
    }

    /** Sends an error about a packet; silent where RFC 1122 §3.2.2 forbids an answer. */
    private void sendError(final int type, final int code, final Ipv4Header offending, final long nowNs) {
        if (!control.routes().isOwn(0, IpAddress.v4(offending.destination()))) {
            return;
        }
        if (!errors.tryTake(nowNs)) {
            counters.increment(Counter.ICMP_RATE_LIMITED);
            return;
        }
        // to where the packet came from, from the address it was sent to
        final long hop = output.nextHop(0, IpAddress.v4(offending.source()));
        final long frame = output.acquire(IpOutput.link(hop));
        if (frame == 0) {
            counters.increment(Counter.TRANSMIT_NO_FRAME);
            return;
        }
        final long message = IpOutput.payload(frame);
        final int quote = Math.min(offending.totalLength(), offending.headerLength() + QUOTED_TRANSPORT);
        Memory.zero(message, Icmpv4Header.LENGTH);
        Memory.copy(offending.address(), message + Icmpv4Header.LENGTH, quote);
        final int length = Icmpv4Header.LENGTH + quote;
        Memory.putByte(message, type);
        Memory.putByte(message + 1, code);
        Memory.putShortBE(message + Icmpv4Header.CHECKSUM_OFFSET, Checksum.of(message, length));
        if (IpOutput.isSent(output.send(frame, length, IpProtocol.ICMP, 0, IpAddress.v4(offending.destination()), 0,
                IpAddress.v4(offending.source()), hop, Ipv4Header.NOT_ECT, 0))) {
            counters.increment(Counter.ICMP_ERRORS_SENT);
        }
    }

    /**
     * The control plane gave up on a neighbour: what waited for it is dropped, and each connection whose segment waited
     * is told as if an ICMP host unreachable had arrived.
     */
    public void onNeighbourFailed(final int link, final long hi, final long lo) {
        final int entry = neighbours.lookup(link, hi, lo);
        if (entry < 0) {
            return;
        }
        for (long frame = neighbours.forget(entry); frame != 0;) {
            final long next = Frame.next(frame);
            counters.increment(Counter.NEIGHBOUR_FAILED);
            if (Ipv6Header.isV6(Frame.data(frame))) {
                v6.onNeighbourFailed(Frame.data(frame), Frame.length(frame));
            } else if (quoted.wrap(Frame.data(frame), Frame.length(frame))) {
                report(IcmpError.NEIGHBOUR_FAILED, 0);
            }
            output.release(frame);
            frame = next;
        }
    }

    private void onEcho(final Ipv4Header ip, final long nowNs) {
        if (!echoes.tryTake(nowNs)) {
            counters.increment(Counter.ICMP_RATE_LIMITED);
            return;
        }
        // the request becomes the reply where it lies: nobody needs it any more, and its bytes are copied once
        final long message = ip.payloadAddress();
        final int length = ip.payloadLength();
        Memory.putByte(message, Icmpv4Header.ECHO_REPLY);
        Memory.putShortBE(message + Icmpv4Header.CHECKSUM_OFFSET, 0);
        Memory.putShortBE(message + Icmpv4Header.CHECKSUM_OFFSET, Checksum.of(message, length));
        reply.source(0, IpAddress.v4(ip.destination())).destination(0, IpAddress.v4(ip.source()))
                .payload(message, length, 0, 0);
        if (IpOutput.isSent(output.sendDatagram(reply, IpOutput.UNKNOWN))) {
            counters.increment(Counter.ICMP_ECHOES_ANSWERED);
        }
    }

    private void onUnreachable(final long address, final int length) {
        switch (header.code()) {
            case Icmpv4Header.FRAGMENTATION_NEEDED -> onError(IcmpError.FRAGMENTATION_NEEDED, address, length,
                    header.mtu());
            case Icmpv4Header.PROTOCOL_UNREACHABLE, Icmpv4Header.PORT_UNREACHABLE -> onError(
                    IcmpError.REFUSED, address, length, 0);
            default -> onError(IcmpError.UNREACHABLE, address, length, 0);
        }
    }

    private void onError(final IcmpError error, final long address, final int length, final int mtu) {
        counters.increment(Counter.ICMP_ERRORS_RECEIVED);
        if (quoted.wrapQuoted(address + Icmpv4Header.LENGTH, length - Icmpv4Header.LENGTH)
                && length - Icmpv4Header.LENGTH >= quoted.headerLength() + QUOTED_TRANSPORT) {
            // RFC 1191 §5: a router of before says only that it was too long
            final boolean guess = error == IcmpError.FRAGMENTATION_NEEDED && mtu == 0;
            report(error, guess ? MtuPlateaus.below(quoted.totalLength()) : mtu);
        } else {
            counters.increment(Counter.ICMP_MALFORMED);
        }
    }

    private void report(final IcmpError error, final int mtu) {
        final long local = IpAddress.v4(quoted.source());
        final long remote = IpAddress.v4(quoted.destination());
        final long header = quoted.payloadAddress();
        // a later fragment has no ports to tell by
        if (quoted.fragmentOffset() != 0 || !control.routes().isOwn(0, local)) {
            counters.increment(Counter.ICMP_IGNORED);
        } else if (quoted.protocol() == IpProtocol.TCP) {
            transport.onIcmpError(error, 0, local, 0, remote, Memory.getIntBE(header),
                    Memory.getIntBE(header + TCP_SEQUENCE), mtu);
        } else if (quoted.protocol() == IpProtocol.UDP) {
            datagrams.onDatagramError(error, 0, local, 0, remote, Memory.getIntBE(header), mtu);
        } else {
            counters.increment(Counter.ICMP_IGNORED);
        }
    }

    @Override
    public void close() {
        v6.close();
    }
}
