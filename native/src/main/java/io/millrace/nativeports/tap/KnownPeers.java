package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfMemory;

/**
 * Addresses that have had a connection: who is sent a TCP segment with neither SYN nor RST has answered a SYN-ACK before,
 * which who sends SYNs from addresses that are not his does not. A table of hashes, each in the one place that is its own,
 * where another may push it out; this process writes it, a program in the kernel looks it up.
 * <p>
 * Thread: the engine's.
 */
final class KnownPeers {
    /** Bytes of the table. */
    static final int LENGTH = 1 << 16;

    private static final int WORD_SHIFT = 2;
    /** Leaves of a hash as many bits as there are places. */
    private static final int PLACE_SHIFT = Integer.SIZE - (16 - WORD_SHIFT);
    private static final int PLACE_BITS = LENGTH - Integer.BYTES;
    /** Odd, so that no two addresses of IPv4 have the same hash: 2^32 divided by the golden ratio (Knuth). */
    private static final int FACTOR = 0x9E3779B1;
    private static final int V4_SOURCE = 12;
    private static final int V6_SOURCE = 8;
    private static final int V6_ADDRESS_WORDS = 4;
    private static final int VERSION_BITS = 0xf0;
    private static final int VERSION_6 = 0x60;
    private static final int LENGTH_WORDS = 0x0f;
    private static final int V4_DESTINATION = 16;
    private static final int V6_DESTINATION = 24;
    private static final int V4_PROTOCOL = 9;
    private static final int V6_NEXT_HEADER = 6;
    private static final int TCP_FLAGS = 13;

    private final long table;

    /** @param table its address, all zero. */
    KnownPeers(final long table) {
        this.table = table;
    }

    /** A frame, well formed, that is sent. */
    void onSent(final long frame) {
        final long ethernet = Frame.data(frame);
        final int tag = VlanTag.follows(ethernet) ? VlanTag.LENGTH : 0;
        final long ip = ethernet + EthernetHeader.LENGTH + tag;
        final int etherType = Memory.getShortBE(ip - Short.BYTES);
        if (etherType == EthernetHeader.ETHERTYPE_IPV4) {
            final int header = (Memory.getUnsignedByte(ip) & LENGTH_WORDS) << WORD_SHIFT;
            if (Memory.getUnsignedByte(ip + V4_PROTOCOL) == IpProtocol.TCP && isOfAConnection(ip + header)) {
                add(Memory.getIntBE(ip + V4_DESTINATION) * FACTOR);
            }
        } else if (etherType == EthernetHeader.ETHERTYPE_IPV6
                && Memory.getUnsignedByte(ip + V6_NEXT_HEADER) == IpProtocol.TCP
                && isOfAConnection(ip + Ipv6Header.LENGTH)) {
            add(hash(ip + V6_DESTINATION));
        }
    }

    private static boolean isOfAConnection(final long tcp) {
        return (Memory.getUnsignedByte(tcp + TCP_FLAGS) & (TcpHeader.SYN | TcpHeader.RST)) == 0;
    }

    private static int hash(final long address) {
        int hash = 0;
        for (int i = 0; i < V6_ADDRESS_WORDS; i++) {
            hash = (hash + Memory.getIntBE(address + ((long) i << WORD_SHIFT))) * FACTOR;
        }
        return hash;
    }

    private void add(final int hash) {
        Memory.putInt(table + ((long) (hash >>> PLACE_SHIFT) << WORD_SHIFT), hash);
    }

    /**
     * Instructions that jump where the source of a packet is not known, and go on where it is. R0 to R3 and R8 are
     * destroyed.
     *
     * @param ip     register that has where the IP header begins.
     * @param memory the table is in, at an offset.
     */
    static void writeLookup(final BpfCode code, final int ip, final BpfMemory memory, final int offset,
            final Label unknown) {
        final Label v6 = new Label();
        final Label hashed = new Label();
        code.move(BpfCode.R8, 0).load(BpfCode.BYTE, ip, 0).and(BpfCode.R0, VERSION_BITS)
                .jumpIfEqual(BpfCode.R0, VERSION_6, v6);
        writeHash(code, ip, V4_SOURCE, 1);
        code.jump(hashed).land(v6);
        writeHash(code, ip, V6_SOURCE, V6_ADDRESS_WORDS);
        // 0 is an empty place, and the hash of no address that sends anything
        code.land(hashed).jumpIfEqual(BpfCode.R8, 0, unknown)
                .moveRegister(BpfCode.R2, BpfCode.R8).shiftRight(BpfCode.R2, PLACE_SHIFT)
                .shiftLeft(BpfCode.R2, WORD_SHIFT).and(BpfCode.R2, PLACE_BITS)
                .point(BpfCode.R1, memory, offset).addRegister(BpfCode.R1, BpfCode.R2)
                .loadWord(BpfCode.R3, BpfCode.R1).jumpIfNotEqualRegister(BpfCode.R3, BpfCode.R8, unknown);
    }

    private static void writeHash(final BpfCode code, final int ip, final int offset, final int words) {
        for (int i = 0; i < words; i++) {
            code.load(BpfCode.WORD, ip, offset + (i << WORD_SHIFT)).addRegister32(BpfCode.R8, BpfCode.R0)
                    .multiply32(BpfCode.R8, FACTOR);
        }
    }
}
