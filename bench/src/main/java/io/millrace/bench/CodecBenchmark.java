package io.millrace.bench;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to check, read and write the headers of one packet: nothing here may allocate. */
@State(Scope.Thread)
public class CodecBenchmark extends OffHeapBenchmark {
    private static final int CLIENT = 0x0A000001;
    private static final int SERVER = 0x0A000002;
    private static final int TCP_OFFSET = EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH;
    private static final int ACK_LENGTH = TcpHeader.MIN_LENGTH + TcpOptions.TIMESTAMPS_LENGTH;
    private static final int FRAME_LENGTH = TCP_OFFSET + ACK_LENGTH;
    private static final int SCRATCH_OFFSET = 512;
    private static final int SYN_OPTIONS_OFFSET = 1024;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final TcpOptions options = new TcpOptions();

    private MemoryRegion region;
    private long frame;
    private long scratch;
    private long synOptions;
    private int synOptionsLength;
    private int sequence;

    /** Prepares an acknowledgement with timestamps, and the options of a SYN. */
    @Setup(Level.Trial)
    public void allocate() {
        region = MemoryRegion.allocate("codec benchmark", 4096);
        frame = region.address() + 2;
        scratch = region.address() + SCRATCH_OFFSET + 2;
        synOptions = region.address() + SYN_OPTIONS_OFFSET;
        write(frame);
        synOptionsLength = TcpOptions.writeMss(synOptions, 1460);
        synOptionsLength += TcpOptions.writeSackPermitted(synOptions + synOptionsLength);
        synOptionsLength += TcpOptions.writeTimestamps(synOptions + synOptionsLength, 1, 0);
        synOptionsLength += TcpOptions.writeWindowScale(synOptions + synOptionsLength, 7);
    }

    /** Gives the memory back. */
    @TearDown(Level.Trial)
    public void release() {
        region.close();
    }

    /** Ethernet, IPv4, TCP and options of an acknowledgement, both checksums verified. */
    @Benchmark
    public int readAcknowledgement() {
        if (!ethernet.wrap(frame, FRAME_LENGTH) || ethernet.etherType() != EthernetHeader.ETHERTYPE_IPV4
                || !ip.wrap(ethernet.payloadAddress(), ethernet.payloadLength()) || !ip.checksumValid()
                || !tcp.wrap(ip.payloadAddress(), ip.payloadLength())) {
            throw new IllegalStateException("headers");
        }
        final long pseudoHeader = Checksum.pseudoHeaderV4(ip.source(), ip.destination(), ip.protocol(), tcp.length());
        if (!tcp.checksumValid(pseudoHeader) || !options.decode(tcp.optionsAddress(), tcp.optionsLength())) {
            throw new IllegalStateException("checksum");
        }
        return tcp.acknowledgement() + tcp.window() + options.timestampValue() + tcp.segmentLength();
    }

    /** The same packet written, both checksums computed. */
    @Benchmark
    public int writeAcknowledgement() {
        return write(scratch);
    }

    /** The fixed IPv4 header with its checksum. */
    @Benchmark
    public void writeIpv4Header() {
        Ipv4Header.write(scratch, FRAME_LENGTH, 0, Ipv4Header.DONT_FRAGMENT, 64, IpProtocol.TCP, SERVER, sequence++);
    }

    /** The options that a SYN carries. */
    @Benchmark
    public int decodeSynOptions() {
        options.decode(synOptions, synOptionsLength);
        return options.mss() + options.windowScale();
    }

    private int write(final long address) {
        final long header = address + TCP_OFFSET;
        EthernetHeader.write(address, 0x02000000000AL, 0x02000000000BL, EthernetHeader.ETHERTYPE_IPV4);
        Ipv4Header.write(address + EthernetHeader.LENGTH, FRAME_LENGTH - EthernetHeader.LENGTH, 0,
                Ipv4Header.DONT_FRAGMENT, 64, IpProtocol.TCP, SERVER, CLIENT);
        TcpHeader.write(header, 80, 40_000, sequence++, 7, ACK_LENGTH, TcpHeader.ACK, 65_535);
        TcpOptions.writeTimestamps(header + TcpHeader.OPTIONS_OFFSET, sequence, 9);
        final long pseudoHeader = Checksum.pseudoHeaderV4(SERVER, CLIENT, IpProtocol.TCP, ACK_LENGTH);
        final int checksum = Checksum.finish(Checksum.sum(header, ACK_LENGTH, pseudoHeader));
        tcp.wrapUnchecked(header).checksum(checksum);
        return checksum;
    }
}
