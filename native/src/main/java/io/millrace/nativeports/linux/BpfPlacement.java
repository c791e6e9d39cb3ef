package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.port.Toeplitz;
import io.millrace.nativeports.linux.BpfCode.Label;

/**
 * Where flows are placed, as a program in the kernel computes it: the tables of {@link RssPlacement} in memory that the
 * program shares, and the instructions that look them up. Thread: one.
 * <p>
 * As receive-side scaling has it, ports count in whole packets of TCP and UDP; fragments, and everything else of IP, go by
 * their addresses. What asks rather than flows (ARP, ICMP and Neighbour Discovery) is for anybody, so that a loop that
 * stands still does not keep the answers to it from the others.
 */
public final class BpfPlacement {
    private static final int ENTRIES = Toeplitz.INPUT_LENGTH * Toeplitz.BYTE_VALUES;
    private static final int MOST_ENTRIES = 512;
    /** Bytes of the tables at the most. */
    public static final int LENGTH = (ENTRIES + MOST_ENTRIES) * Integer.BYTES;

    private static final int WORD_SHIFT = 2;
    private static final int BYTE_MASK = 0xff;
    private static final int VERSION_BITS = 0xf0;
    private static final int VERSION_4 = 0x40;
    private static final int VERSION_6 = 0x60;
    private static final int LENGTH_WORDS = 0x0f;
    private static final int V4_FRAGMENT = 6;
    private static final int V4_FRAGMENT_BITS = 0x3fff;
    private static final int V4_PROTOCOL = 9;
    private static final int V4_SOURCE = 12;
    private static final int V4_ADDRESS_BYTES = 8;
    private static final int V6_NEXT_HEADER = 6;
    private static final int V6_SOURCE = 8;
    private static final int V6_HEADER = 40;
    private static final int V6_ADDRESS_BYTES = 32;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;

    private final BpfMemory memory;
    private final int hash;
    private final int table;
    private final int mask;
    private final int queues;

    /**
     * Writes the tables.
     *
     * @param offset where in the memory; there are {@link #LENGTH} bytes.
     * @param queues of which the placement has each.
     */
    public BpfPlacement(final BpfMemory memory, final int offset, final RssPlacement placement, final int queues) {
        this.memory = memory;
        this.queues = queues;
        hash = offset;
        table = offset + ENTRIES * Integer.BYTES;
        final int[] entries = placement.table();
        if (entries.length > MOST_ENTRIES) {
            throw new IllegalArgumentException("indirection table of " + entries.length);
        }
        mask = entries.length - 1;
        final Toeplitz parts = placement.hash();
        for (int i = 0; i < ENTRIES; i++) {
            Memory.putInt(memory.address() + hash + (long) i * Integer.BYTES,
                    parts.part(i / Toeplitz.BYTE_VALUES, i % Toeplitz.BYTE_VALUES));
        }
        for (int i = 0; i < entries.length; i++) {
            Memory.putInt(memory.address() + table + (long) i * Integer.BYTES, entries[i]);
        }
    }

    /**
     * Instructions that leave in R8 the queue of the IP packet whose header begins where R9 says, and in R7 where its TCP
     * header begins, 0 where it has none or is a fragment. R0 to R5 are destroyed.
     *
     * @param anybody where what is for any queue goes on.
     */
    public void write(final BpfCode code, final Label anybody) {
        final Label v6 = new Label();
        final Label hashed = new Label();
        code.move(BpfCode.R7, 0).move(BpfCode.R8, 0).load(BpfCode.BYTE, BpfCode.R9, 0)
                .and(BpfCode.R0, VERSION_BITS).jumpIfEqual(BpfCode.R0, VERSION_6, v6)
                .jumpIfNotEqual(BpfCode.R0, VERSION_4, anybody);
        writeV4(code, hashed, anybody);
        code.land(v6);
        writeV6(code, hashed, anybody);
        code.land(hashed).and(BpfCode.R8, mask).shiftLeft(BpfCode.R8, WORD_SHIFT)
                .point(BpfCode.R1, memory, table).addRegister(BpfCode.R1, BpfCode.R8)
                .loadWord(BpfCode.R8, BpfCode.R1);
    }

    private void writeV4(final BpfCode code, final Label hashed, final Label anybody) {
        final Label ports = new Label();
        final Label fragment = new Label();
        code.load(BpfCode.HALF, BpfCode.R9, V4_FRAGMENT).jumpIfAny(BpfCode.R0, V4_FRAGMENT_BITS, fragment)
                .load(BpfCode.BYTE, BpfCode.R9, V4_PROTOCOL).jumpIfEqual(BpfCode.R0, ICMP, anybody)
                .land(fragment);
        writeWords(code, BpfCode.R9, V4_SOURCE, 0, V4_ADDRESS_BYTES);
        code.load(BpfCode.HALF, BpfCode.R9, V4_FRAGMENT).jumpIfAny(BpfCode.R0, V4_FRAGMENT_BITS, hashed)
                .load(BpfCode.BYTE, BpfCode.R9, V4_PROTOCOL).jumpIfEqual(BpfCode.R0, TCP, ports)
                .jumpIfNotEqual(BpfCode.R0, UDP, hashed).land(ports)
                .load(BpfCode.BYTE, BpfCode.R9, 0).and(BpfCode.R0, LENGTH_WORDS).shiftLeft(BpfCode.R0, WORD_SHIFT)
                .moveRegister(BpfCode.R7, BpfCode.R9).addRegister(BpfCode.R7, BpfCode.R0);
        writeWords(code, BpfCode.R7, 0, V4_ADDRESS_BYTES, Integer.BYTES);
        code.load(BpfCode.BYTE, BpfCode.R9, V4_PROTOCOL).jumpIfEqual(BpfCode.R0, TCP, hashed).move(BpfCode.R7, 0)
                .jump(hashed);
    }

    private void writeV6(final BpfCode code, final Label hashed, final Label anybody) {
        final Label ports = new Label();
        code.load(BpfCode.BYTE, BpfCode.R9, V6_NEXT_HEADER).jumpIfEqual(BpfCode.R0, ICMPV6, anybody);
        writeWords(code, BpfCode.R9, V6_SOURCE, 0, V6_ADDRESS_BYTES);
        code.load(BpfCode.BYTE, BpfCode.R9, V6_NEXT_HEADER).jumpIfEqual(BpfCode.R0, TCP, ports)
                .jumpIfNotEqual(BpfCode.R0, UDP, hashed).land(ports)
                .moveRegister(BpfCode.R7, BpfCode.R9).add(BpfCode.R7, V6_HEADER);
        writeWords(code, BpfCode.R7, 0, V6_ADDRESS_BYTES, Integer.BYTES);
        code.load(BpfCode.BYTE, BpfCode.R9, V6_NEXT_HEADER).jumpIfEqual(BpfCode.R0, TCP, hashed).move(BpfCode.R7, 0);
    }

    /** The end of a program: a queue by chance. */
    public void writeAnybody(final BpfCode code) {
        code.call(Bpf.FUNC_GET_PRANDOM_U32).modulo(BpfCode.R0, queues).exit();
    }

    /** Adds to the hash in R8 what so many bytes of the packet give, that stand at a position of its input. */
    private void writeWords(final BpfCode code, final int register, final int offset, final int position,
            final int bytes) {
        for (int word = 0; word < bytes; word += Integer.BYTES) {
            code.load(BpfCode.WORD, register, offset + word);
            for (int i = 0; i < Integer.BYTES; i++) {
                final int part = hash + (position + word + i) * Toeplitz.BYTE_VALUES * Integer.BYTES;
                code.moveRegister(BpfCode.R2, BpfCode.R0).shiftRight(BpfCode.R2, Byte.SIZE * (Integer.BYTES - 1 - i))
                        .and(BpfCode.R2, BYTE_MASK).shiftLeft(BpfCode.R2, WORD_SHIFT)
                        .point(BpfCode.R1, memory, part).addRegister(BpfCode.R1, BpfCode.R2)
                        .loadWord(BpfCode.R3, BpfCode.R1).xorRegister(BpfCode.R8, BpfCode.R3);
            }
        }
    }
}
