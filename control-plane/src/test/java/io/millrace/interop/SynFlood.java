package io.millrace.interop;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import io.millrace.nativeports.tap.PacketSocket;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** SYNs from random addresses to port 7 of a stack, through a packet socket. Thread: one, besides its own. */
final class SynFlood implements AutoCloseable {
    private static final int TCP = TcpHeader.MIN_LENGTH + TcpOptions.MSS_LENGTH;
    private static final int PORT = 7;
    private static final long SENDER = 0x02_00_00_00_00_01L;
    /** Received by the socket: no such Ethernet type. */
    private static final int NOTHING = 0x88B5;
    private static final int BURST = 64;
    /** For benchmarks (RFC 2544): 198.18.0.0/15; for documentation (RFC 3849): 2001:db8::/32. */
    private static final int SOURCES = 0xC612_0000;
    private static final int SOURCE_BITS = 17;
    private static final long SOURCES_V6 = 0x2001_0db8_0000_0000L;

    private final PacketSocket socket;
    private final Family family;
    private final SplittableRandom random = new SplittableRandom(7);
    private final MemoryRegion memory = MemoryRegion.allocate("flood", 128);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final long targetHi;
    private final long targetLo;
    private final byte[] frame;
    private volatile boolean stopped;

    private SynFlood(final PacketSocket socket, final String mac, final Family family) throws Exception {
        this.socket = socket;
        this.family = family;
        final InetAddress target = InetAddress.getByName(family.stack);
        targetHi = IpAddress.hi(target);
        targetLo = IpAddress.lo(target);
        frame = new byte[EthernetHeader.LENGTH + ipLength() + TCP];
        EthernetHeader.write(memory.address(), HexFormat.fromHexDigitsToLong(mac.replace(":", "")), SENDER,
                family == Family.V4 ? EthernetHeader.ETHERTYPE_IPV4 : EthernetHeader.ETHERTYPE_IPV6);
    }

    /** @param mac of the stack. Called in the kernel's namespace. */
    static SynFlood open(final String device, final String mac, final Family family) throws Exception {
        return new SynFlood(new PacketSocket(device, NOTHING), mac, family);
    }

    /** The route of the stack to those addresses, for {@code millrace.ip.routes}. */
    static String route(final Family family) {
        return (family == Family.V4 ? "198.18.0.0/15" : "2001:db8::/32") + " via " + family.kernel;
    }

    void send(final int syns) {
        for (int i = 0; i < syns; i++) {
            next();
            socket.send(frame);
        }
    }

    /** Sends as fast as a thread can, until it is closed. */
    void start() {
        thread.execute(() -> {
            while (!stopped) {
                send(BURST);
            }
        });
    }

    private int ipLength() {
        return family == Family.V4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
    }

    private void next() {
        final long ip = memory.address() + EthernetHeader.LENGTH;
        final long tcp = ip + ipLength();
        final long sourceHi = family == Family.V4 ? 0 : SOURCES_V6;
        final long sourceLo = family == Family.V4
                ? IpAddress.v4(SOURCES | random.nextInt(1 << SOURCE_BITS))
                : random.nextLong();
        if (family == Family.V4) {
            Ipv4Header.write(ip, Ipv4Header.MIN_LENGTH + TCP, random.nextInt(), 0, 64, IpProtocol.TCP,
                    IpAddress.toV4(sourceLo), IpAddress.toV4(targetLo));
        } else {
            Ipv6Header.write(ip, 0, 0, TCP, IpProtocol.TCP, 64);
            Ipv6Header.addresses(ip, sourceHi, sourceLo, targetHi, targetLo);
        }
        TcpHeader.write(tcp, random.nextInt(1_024, 65_536), PORT, random.nextInt(), 0, TCP, TcpHeader.SYN, 65_535);
        TcpOptions.writeMss(tcp + TcpHeader.MIN_LENGTH, 1_220);
        final long pseudo = Checksum.pseudoHeader(sourceHi, sourceLo, targetHi, targetLo, IpProtocol.TCP, TCP);
        Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET, Checksum.finish(Checksum.sum(tcp, TCP, pseudo)));
        Memory.copyToArray(memory.address(), frame, 0, frame.length);
    }

    @Override
    public void close() {
        stopped = true;
        // waits for its end
        thread.close();
        socket.close();
        memory.close();
    }
}
