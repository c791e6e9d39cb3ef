package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.script.PacketSpec.Icmp;
import io.millrace.fastpath.testing.script.PacketSpec.Ports;
import io.millrace.fastpath.testing.script.PacketSpec.Tcp;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a script, and which of them a packet without ports belongs to: the one spoken of last; a SYN where
 * that one is gone begins another, from a port of the peer that was not used yet. Thread: the runner's.
 */
final class Flows {
    private static final int FIRST_REMOTE_PORT = 40_000;

    private final SocketDriver stack;
    private final String localAddress;
    private final String remoteAddress;
    private final int mtuAllowance;
    private final List<Flow> flows = new ArrayList<>();
    private int nextRemotePort = FIRST_REMOTE_PORT;
    private @Nullable Flow current;

    Flows(final SocketDriver stack, final Configuration configuration) {
        this.stack = stack;
        localAddress = configuration.localAddress();
        remoteAddress = configuration.remoteAddress();
        mtuAllowance = configuration.mtuAllowance();
    }

    /** The wire form of a segment of the peer. @param listenPort where a new connection goes to. */
    Segment inbound(final Tcp written, final int listenPort) {
        final Flow flow = ofInbound(written, listenPort);
        current = flow;
        if ((written.flags() & Segment.SYN) != 0 && begins(flow)) {
            flow.onRemoteSyn(written.seq());
        }
        final int ecn = written.ecn() == null ? 0 : written.ecn().bits();
        final long ack = written.ack() == PacketSpec.UNSAID ? 0 : flow.live(written.ack());
        final long window = Math.max(0, written.window());
        if (written.options() == null) {
            throw new IllegalArgumentException("<...> says nothing of what to send");
        }
        return new Segment(Packet.address(remoteAddress), Packet.address(localAddress), flow.remotePort(),
                flow.localPort(), ecn, written.seq(), ack, written.flags(), (int) window, written.urgent(),
                flow.live(written.options()),
                StreamPattern.bytes(flow.remoteStreamOffset(written.seq(), written.flags()), written.length()));
    }

    /** Before ESTABLISHED, or when all is over, a SYN may be the beginning of the peer's stream. */
    private boolean begins(final Flow flow) {
        return switch (state(flow)) {
            case CLOSED, SYN_SENT, TIME_WAIT -> true;
            default -> false;
        };
    }

    private TcpState state(final Flow flow) {
        return stack.state(localAddress, flow.localPort(), remoteAddress, flow.remotePort());
    }

    private Flow ofInbound(final Tcp written, final int listenPort) {
        final Ports ports = written.ports();
        if (ports != null) {
            return find(ports.destination(), ports.source());
        }
        final boolean opens = (written.flags() & (Segment.SYN | Segment.ACK)) == Segment.SYN;
        if (current == null || opens && state(current) == TcpState.CLOSED) {
            return add(listenPort, nextRemotePort++);
        }
        return current;
    }

    private Flow find(final int localPort, final int remotePort) {
        return flows.stream().filter(flow -> flow.is(localPort, remotePort)).findFirst()
                .orElseGet(() -> add(localPort, remotePort));
    }

    private Flow add(final int localPort, final int remotePort) {
        final Flow flow = new Flow(localPort, remotePort);
        flows.add(flow);
        return flow;
    }

    /** The connection of a segment that the stack sent. */
    Flow ofOutbound(final Segment sent) {
        return find(sent.sourcePort(), sent.destinationPort());
    }

    /** What is wrong with the addresses and ports of a segment that a script expects; null where nothing is. */
    @Nullable
    String misdirected(final Tcp expected, final Segment sent) {
        final Ports ports = expected.ports();
        final Flow flow = ofOutbound(sent);
        final boolean opens = sent.has(Segment.SYN) && !sent.has(Segment.ACK);
        final boolean right = ports == null
                ? flow == current || current == null || opens
                : ports.source() == sent.sourcePort() && ports.destination() == sent.destinationPort();
        if (right) {
            current = flow;
        }
        if (sent.source() != Packet.address(localAddress) || sent.destination() != Packet.address(remoteAddress)) {
            return "addresses";
        }
        return right ? null : "ports " + sent.sourcePort() + " > " + sent.destinationPort();
    }

    /** The application opens connections anew. */
    void onConnect() {
        flows.stream().filter(this::begins).forEach(Flow::restart);
    }

    /** The wire form of an ICMP message about a segment of the connection spoken of. */
    byte[] inbound(final Icmp written) {
        if (current == null) {
            throw new IllegalArgumentException("there is no connection that an ICMP message could be about");
        }
        final Segment quoted = new Segment(Packet.address(localAddress), Packet.address(remoteAddress),
                current.localPort(), current.remotePort(), 0, current.live(written.seq()), 0, Segment.ACK, 0, 0,
                List.of(), new byte[written.length()]);
        return SegmentCodec.encode(written, Packet.address(remoteAddress), quoted, mtuAllowance);
    }
}
