package io.millrace.bench.flood;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import java.util.SplittableRandom;

/**
 * Frames with SYNs from random addresses of 198.18.0.0/15 (RFC 2544), from random ports, with random sequence numbers and
 * the options that Linux offers. Thread: one.
 */
final class SynFrames implements AutoCloseable {
    private static final int OPTIONS = TcpOptions.MSS_LENGTH + TcpOptions.TIMESTAMPS_LENGTH
            + TcpOptions.WINDOW_SCALE_LENGTH;
    private static final int TCP = TcpHeader.MIN_LENGTH + OPTIONS;
    private static final int LENGTH = EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH + TCP;
    private static final int SOURCES = 0xC612_0000;
    private static final int SOURCE_BITS = 17;
    private static final int FIRST_PORT = 1_024;
    private static final int PORTS = 65_536;
    private static final int MSS = 1_460;
    private static final int SCALE = 7;

    private final MemoryRegion frame = MemoryRegion.allocate("flood", LENGTH);
    private final SplittableRandom random;
    private final int target;
    private final int port;

    /**
     * @param mac      of the device that sends.
     * @param peerMac  of the listener.
     * @param target   IPv4 address of the listener in host order.
     */
    SynFrames(final long seed, final long mac, final long peerMac, final int target, final int port) {
        random = new SplittableRandom(seed);
        this.target = target;
        this.port = port;
        EthernetHeader.write(frame.address(), peerMac, mac, EthernetHeader.ETHERTYPE_IPV4);
    }

    /** Where each frame lies. */
    long address() {
        return frame.address();
    }

    /** Bytes of each frame. */
    int length() {
        return LENGTH;
    }

    /** Makes the next frame in the place of the last. */
    void next() {
        final long ip = frame.address() + EthernetHeader.LENGTH;
        final long tcp = ip + Ipv4Header.MIN_LENGTH;
        final int source = SOURCES | random.nextInt(1 << SOURCE_BITS);
        final int more = random.nextInt();
        Ipv4Header.write(ip, Ipv4Header.MIN_LENGTH + TCP, more & 0xFFFF, 0, 64, IpProtocol.TCP, source, target);
        TcpHeader.write(tcp, random.nextInt(FIRST_PORT, PORTS), port, more, 0, TCP, TcpHeader.SYN, PORTS - 1);
        long option = tcp + TcpHeader.MIN_LENGTH;
        option += TcpOptions.writeMss(option, MSS);
        option += TcpOptions.writeSackPermittedTimestamps(option, more, 0);
        TcpOptions.writeWindowScale(option, SCALE);
        final long pseudo = Checksum.pseudoHeaderV4(source, target, IpProtocol.TCP, TCP);
        Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET, Checksum.finish(Checksum.sum(tcp, TCP, pseudo)));
    }

    @Override
    public void close() {
        frame.close();
    }
}
