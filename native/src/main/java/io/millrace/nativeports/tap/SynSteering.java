package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfMemory;
import io.millrace.nativeports.linux.BpfPlacement;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Has the kernel ask a program, for each frame, which queue of the device is meant. With several engines flows are placed
 * as {@link RssPlacement} says, so that an engine knows where the answers to what it sends will arrive. And SYNs have queues
 * of their own, so that a flood of them fills only those and nothing of established connections is lost in it; SYNs from
 * addresses that have had a connection have another, which a flood from random addresses does not reach.
 * <p>
 * A SYN is a TCP segment with SYN and with neither ACK nor RST, in IPv4 (no fragment) or IPv6 (no extension headers),
 * untagged or with one VLAN tag. Everything else is for the {@link #ORDINARY} queue of its engine; what is cut short, for that
 * of the first.
 * <p>
 * Thread: one opens it, the engines ask and tell; closed by each that it was {@linkplain #shareAmong made for}.
 */
final class SynSteering implements AutoCloseable {
    /** The queues of everything else; each kind has as many queues as there are engines, one kind behind the other. */
    static final int ORDINARY = 0;
    /** The queues of SYNs from addresses that nothing is known of. */
    static final int SYNS = 1;
    /** The queues of SYNs from {@link KnownPeers}. */
    static final int KNOWN_SYNS = 2;
    /** Engines at the most: Linux gives a TAP 256 queues. */
    static final int MOST_ENGINES = 64;

    /** How many SYNs each of those queues was meant for, then the table of peers, then where flows are placed. */
    private static final int COUNTS = 0;
    private static final int PEERS = 4_096;
    private static final int PLACEMENT = PEERS + KnownPeers.LENGTH;
    private static final int MEMORY = PLACEMENT + (BpfPlacement.LENGTH + 4_095 & -4_096);
    private static final int ENGINE_BITS = 0xff;

    private static final int ETHER_TYPE = 12;
    private static final int ETHERNET_HEADER = 14;
    private static final int TAG = 4;
    private static final int VLAN = 0x8100;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int V4_LENGTH_WORDS = 0x0f;
    private static final int V4_FRAGMENT = 6;
    private static final int V4_FRAGMENT_BITS = 0x3fff;
    private static final int V4_PROTOCOL = 9;
    private static final int V6_NEXT_HEADER = 6;
    private static final int V6_HEADER = 40;
    private static final int TCP = 6;
    private static final int TCP_FLAGS = 13;
    private static final int SYN = 0x02;
    private static final int SYN_ACK_RST = 0x16;
    private static final int NO_PROGRAM = -1;
    private static final int COUNT_SHIFT = 3;

    private final LinuxCalls calls = new LinuxCalls();
    private final AtomicInteger users = new AtomicInteger(1);
    private final BpfMemory memory = new BpfMemory(MEMORY);
    private final KnownPeers peers = new KnownPeers(memory.address() + PEERS);
    private final int engines;
    private final BpfProgram program;

    /** SYNs apart, of one engine. @throws IOException where the kernel cannot do this, or lets this process not: one clause. */
    SynSteering() throws IOException {
        this(TunKind.TAP, RssPlacement.spread(RssKey.EXAMPLE, 1), 1, true);
    }

    /**
     * @param placement of flows on so many engines, at most {@link #MOST_ENGINES}.
     * @param syns      there are queues for SYNs, which a TUN's have not.
     * @throws IOException where the kernel cannot do this, or lets this process not: one clause.
     */
    SynSteering(final TunKind kind, final RssPlacement placement, final int engines, final boolean syns)
            throws IOException {
        this.engines = engines;
        boolean done = false;
        try {
            final BpfPlacement flows = new BpfPlacement(memory, PLACEMENT, placement, engines);
            program = new BpfProgram(engines == 1 ? synCode() : code(kind, flows, syns));
            done = true;
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    /** So many close it. */
    void shareAmong(final int count) {
        users.set(count);
    }

    /** From now on, for the device that the descriptor is of. @throws IOException as the constructor. */
    void installOn(final int fd) throws IOException {
        final int result = set(fd, program.descriptor());
        if (result < 0) {
            throw new IOException("cannot give a BPF program to the device: " + Errno.describe(-result));
        }
    }

    /** No longer: a device that is persistent would keep it for whoever comes next. */
    void removeFrom(final int fd) {
        set(fd, NO_PROGRAM);
    }

    /** The queue of a kind that an engine has. */
    int queue(final int kind, final int engine) {
        return kind * engines + engine;
    }

    /** SYNs that the kernel has put, or would have put, into a queue of them. */
    long steered(final int queue) {
        return Memory.getLongOpaque(memory.address() + countOf(queue));
    }

    /** Whose SYNs go into a queue of their own. */
    KnownPeers peers() {
        return peers;
    }

    private static int countOf(final int queue) {
        return COUNTS + queue * Long.BYTES;
    }

    @Override
    public void close() {
        if (users.decrementAndGet() == 0) {
            program.close();
            memory.close();
        }
    }

    private int set(final int fd, final int program) {
        try (MemoryRegion argument = MemoryRegion.allocate("program's descriptor", Integer.BYTES)) {
            Memory.putInt(argument.address(), program);
            return calls.ioctl(fd, TunDescriptor.TUNSETSTEERINGEBPF, argument.address());
        }
    }

    /** R9 is where the IP header begins, R7 where the TCP header does, R8 the engine's number, later kept in R7. */
    private BpfCode code(final TunKind kind, final BpfPlacement flows, final boolean syns) {
        final Label anybody = new Label();
        final Label ordinary = new Label();
        final BpfCode code = new BpfCode();
        if (kind.hasLinkLayer()) {
            writeLink(code, anybody);
        } else {
            code.move(BpfCode.R9, 0);
        }
        flows.write(code, anybody);
        if (syns) {
            code.jumpIfEqual(BpfCode.R7, 0, ordinary).load(BpfCode.BYTE, BpfCode.R7, TCP_FLAGS)
                    .and(BpfCode.R0, SYN_ACK_RST).jumpIfNotEqual(BpfCode.R0, SYN, ordinary)
                    .moveRegister(BpfCode.R7, BpfCode.R8);
            final Label unknown = new Label();
            KnownPeers.writeLookup(code, BpfCode.R9, memory, PEERS, unknown);
            writeCounted(code.add(BpfCode.R7, queue(KNOWN_SYNS, 0)));
            code.land(unknown);
            writeCounted(code.add(BpfCode.R7, queue(SYNS, 0)));
        }
        code.land(ordinary).moveRegister(BpfCode.R0, BpfCode.R8).exit().land(anybody);
        flows.writeAnybody(code);
        return code;
    }

    private static void writeLink(final BpfCode code, final Label anybody) {
        final Label ip = new Label();
        final Label untagged = new Label();
        code.move(BpfCode.R9, ETHERNET_HEADER).load(BpfCode.HALF, ETHER_TYPE)
                .jumpIfNotEqual(BpfCode.R0, VLAN, untagged)
                .move(BpfCode.R9, ETHERNET_HEADER + TAG).load(BpfCode.HALF, ETHER_TYPE + TAG);
        code.land(untagged).jumpIfEqual(BpfCode.R0, IPV4, ip).jumpIfNotEqual(BpfCode.R0, IPV6, anybody).land(ip);
    }

    /** Counts a SYN for the queue in R7, which is the result. */
    private void writeCounted(final BpfCode code) {
        code.and(BpfCode.R7, ENGINE_BITS).moveRegister(BpfCode.R2, BpfCode.R7).shiftLeft(BpfCode.R2, COUNT_SHIFT)
                .point(BpfCode.R1, memory, COUNTS).addRegister(BpfCode.R1, BpfCode.R2).move(BpfCode.R2, 1)
                .addAtomically(BpfCode.R1, BpfCode.R2).moveRegister(BpfCode.R0, BpfCode.R7).exit();
    }

    /** The same of one engine: no flow needs to be placed. */
    private BpfCode synCode() {
        final Label ip = new Label();
        final Label v6 = new Label();
        final Label transport = new Label();
        final Label ordinary = new Label();
        final BpfCode code = new BpfCode();
        code.move(BpfCode.R9, ETHERNET_HEADER).load(BpfCode.HALF, ETHER_TYPE)
                .jumpIfNotEqual(BpfCode.R0, VLAN, ip)
                .move(BpfCode.R9, ETHERNET_HEADER + TAG).load(BpfCode.HALF, ETHER_TYPE + TAG);
        code.land(ip).moveRegister(BpfCode.R7, BpfCode.R9).jumpIfEqual(BpfCode.R0, IPV6, v6).jumpIfNotEqual(BpfCode.R0,
                IPV4, ordinary);
        code.load(BpfCode.BYTE, BpfCode.R7, V4_PROTOCOL).jumpIfNotEqual(BpfCode.R0, TCP, ordinary)
                .load(BpfCode.HALF, BpfCode.R7, V4_FRAGMENT).jumpIfAny(BpfCode.R0, V4_FRAGMENT_BITS, ordinary)
                .load(BpfCode.BYTE, BpfCode.R7, 0).and(BpfCode.R0, V4_LENGTH_WORDS).shiftLeft(BpfCode.R0, 2)
                .addRegister(BpfCode.R7, BpfCode.R0).jump(transport);
        code.land(v6).load(BpfCode.BYTE, BpfCode.R7, V6_NEXT_HEADER).jumpIfNotEqual(BpfCode.R0, TCP, ordinary)
                .add(BpfCode.R7, V6_HEADER);
        code.land(transport).load(BpfCode.BYTE, BpfCode.R7, TCP_FLAGS).and(BpfCode.R0, SYN_ACK_RST)
                .jumpIfNotEqual(BpfCode.R0, SYN, ordinary);
        final Label unknown = new Label();
        KnownPeers.writeLookup(code, BpfCode.R9, memory, PEERS, unknown);
        writeResult(code, KNOWN_SYNS);
        code.land(unknown);
        writeResult(code, SYNS);
        return code.land(ordinary).move(BpfCode.R0, ORDINARY).exit();
    }

    private void writeResult(final BpfCode code, final int queue) {
        code.point(BpfCode.R1, memory, countOf(queue)).move(BpfCode.R2, 1).addAtomically(BpfCode.R1, BpfCode.R2)
                .move(BpfCode.R0, queue).exit();
    }
}
