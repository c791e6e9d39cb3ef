package io.millrace.simulation;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import java.util.SplittableRandom;

/** Sends SYNs from random addresses beside what its stack sends: some in each turn, while there are any left. */
final class FloodPort extends PortFilter {
    private static final int A_TURN = 16;
    private static final int LENGTH = Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH + TcpOptions.MSS_LENGTH;
    /** For benchmarks (RFC 2544): 198.18.0.0/15. */
    private static final int SOURCES = 0xC612_0000;
    private static final int SOURCE_BITS = 17;

    private final SplittableRandom random;
    private final long targetMac;
    private final int target;
    private final int port;
    private final long[] frames = new long[1];
    private long left;
    private long sent;

    FloodPort(final PacketPort delegate, final long seed, final long targetMac, final int target, final int port) {
        super(delegate);
        random = new SplittableRandom(seed);
        this.targetMac = targetMac;
        this.target = target;
        this.port = port;
    }

    /** Sends so many more. */
    void flood(final long syns) {
        left += syns;
    }

    long left() {
        return left;
    }

    long sent() {
        return sent;
    }

    @Override
    public int receive(final long[] received, final int offset, final int limit, final long nowNs) {
        for (int i = 0; i < A_TURN && left > 0 && sendOne(nowNs); i++) {
            left--;
            sent++;
        }
        return super.receive(received, offset, limit, nowNs);
    }

    private boolean sendOne(final long nowNs) {
        frames[0] = acquire();
        if (frames[0] == 0) {
            return false;
        }
        write(frames[0]);
        if (transmit(frames, 0, 1, nowNs) == 0) {
            release(frames[0]);
            return false;
        }
        return true;
    }

    private void write(final long frame) {
        Frame.dataOffset(frame, Frame.ETHERNET_OFFSET);
        Frame.length(frame, Frame.IP_OFFSET - Frame.ETHERNET_OFFSET + LENGTH);
        final long ethernet = Frame.data(frame);
        EthernetHeader.write(ethernet, targetMac, capabilities().macAddress(), EthernetHeader.ETHERTYPE_IPV4);
        final long ip = ethernet + EthernetHeader.LENGTH;
        final int source = SOURCES | random.nextInt(1 << SOURCE_BITS);
        Ipv4Header.write(ip, LENGTH, random.nextInt(), 0, 64, IpProtocol.TCP, source, target);
        final long tcp = ip + Ipv4Header.MIN_LENGTH;
        final int length = LENGTH - Ipv4Header.MIN_LENGTH;
        TcpHeader.write(tcp, random.nextInt(1_024, 65_536), port, random.nextInt(), 0, length, TcpHeader.SYN, 65_535);
        TcpOptions.writeMss(tcp + TcpHeader.MIN_LENGTH, 1_460);
        final long pseudo = Checksum.pseudoHeaderV4(source, target, IpProtocol.TCP, length);
        Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET, Checksum.finish(Checksum.sum(tcp, length, pseudo)));
    }
}
