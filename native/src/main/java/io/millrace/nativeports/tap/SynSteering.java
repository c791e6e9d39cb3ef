package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfMemory;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;

/**
 * Has the kernel put SYNs into a queue of their own, so that a flood of them fills only that one and nothing of
 * established connections is lost in it: a program that the kernel asks, for each frame, which queue of the TAP is meant.
 * SYNs from addresses that have had a connection have another, which a flood from random addresses does not reach.
 * <p>
 * A SYN is a TCP segment with SYN and with neither ACK nor RST, in IPv4 (no fragment) or IPv6 (no extension headers),
 * untagged or with one VLAN tag. Everything else, and what is cut short, belongs to queue {@link #ORDINARY}.
 * <p>
 * Thread: one opens and closes it; the engine asks and tells.
 */
final class SynSteering implements AutoCloseable {
    /** The queue of everything else. */
    static final int ORDINARY = 0;
    /** The queue of SYNs from addresses that nothing is known of. */
    static final int SYNS = 1;
    /** The queue of SYNs from {@link KnownPeers}. */
    static final int KNOWN_SYNS = 2;

    /** How many SYNs each of those queues was meant for, then the table of peers. */
    private static final int COUNTS = 0;
    private static final int PEERS = 4_096;

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

    private final LinuxCalls calls = new LinuxCalls();
    private final BpfMemory memory = new BpfMemory(PEERS + KnownPeers.LENGTH);
    private final KnownPeers peers = new KnownPeers(memory.address() + PEERS);
    private final BpfProgram program;

    /** @throws IOException where the kernel cannot do this, or lets this process not: one clause. */
    SynSteering() throws IOException {
        try {
            program = new BpfProgram(code());
        } catch (final IOException e) {
            memory.close();
            throw e;
        }
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
        program.close();
        memory.close();
    }

    private int set(final int fd, final int program) {
        try (MemoryRegion argument = MemoryRegion.allocate("program's descriptor", Integer.BYTES)) {
            Memory.putInt(argument.address(), program);
            return calls.ioctl(fd, TunDescriptor.TUNSETSTEERINGEBPF, argument.address());
        }
    }

    /** R9 is where the IP header begins, R7 where the TCP header does. */
    private BpfCode code() {
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
