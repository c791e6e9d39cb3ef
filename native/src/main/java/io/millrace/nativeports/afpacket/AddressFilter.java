package io.millrace.nativeports.afpacket;

import static io.millrace.nativeports.linux.SocketDescriptor.JUMP_ANY_BIT;
import static io.millrace.nativeports.linux.SocketDescriptor.JUMP_EQUAL;
import static io.millrace.nativeports.linux.SocketDescriptor.LOAD_BYTE;
import static io.millrace.nativeports.linux.SocketDescriptor.LOAD_HALF;
import static io.millrace.nativeports.linux.SocketDescriptor.LOAD_WORD;
import static io.millrace.nativeports.linux.SocketDescriptor.PACKET_OUTGOING;
import static io.millrace.nativeports.linux.SocketDescriptor.PACKET_TYPE;
import static io.millrace.nativeports.linux.SocketDescriptor.RETURN;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.SocketDescriptor;

/**
 * The program of a packet socket (classic BPF, which needs no privilege of its own): lets in the frames for one Ethernet
 * address and for groups, and none that leaves the interface. Thread: one.
 */
final class AddressFilter implements AutoCloseable {
    private static final int GROUP_BIT = 1;
    private static final int WHOLE_FRAME = -1;

    private final MemoryRegion memory;

    /**
     * @param address    the low 48 bits.
     * @param everything frames for other addresses, too.
     */
    AddressFilter(final long address, final boolean everything) {
        final long[] code = {
                instruction(LOAD_WORD, 0, 0, PACKET_TYPE), // 0
                instruction(JUMP_EQUAL, 7, everything ? 6 : 0, PACKET_OUTGOING), // 1: to 9, or 8
                instruction(LOAD_BYTE, 0, 0, 0), // 2: the destination
                instruction(JUMP_ANY_BIT, 4, 0, GROUP_BIT), // 3: to 8
                instruction(LOAD_WORD, 0, 0, 0), // 4
                instruction(JUMP_EQUAL, 0, 3, (int) (address >>> Short.SIZE)), // 5: else to 9
                instruction(LOAD_HALF, 0, 0, Integer.BYTES), // 6
                instruction(JUMP_EQUAL, 0, 1, (int) address & 0xFFFF), // 7: else to 9
                instruction(RETURN, 0, 0, WHOLE_FRAME), // 8
                instruction(RETURN, 0, 0, 0), // 9
        };
        final int bytes = code.length * SocketDescriptor.INSTRUCTION_LENGTH;
        memory = MemoryRegion.allocate("socket filter", SocketDescriptor.PROGRAM_LENGTH + bytes);
        Memory.putShort(memory.address(), code.length);
        final long at = memory.address() + SocketDescriptor.PROGRAM_LENGTH;
        Memory.putLong(memory.address() + SocketDescriptor.PROGRAM_FILTER_OFFSET, at);
        for (int i = 0; i < code.length; i++) {
            put(at + (long) i * SocketDescriptor.INSTRUCTION_LENGTH, code[i]);
        }
    }

    /** Address of a {@code struct sock_fprog}. */
    long address() {
        return memory.address();
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Code, two distances of a jump, constant: packed, from the highest byte on. */
    private static long instruction(final int code, final int ifTrue, final int ifFalse, final int constant) {
        return (long) code << 48 | (long) ifTrue << 40 | (long) ifFalse << 32 | constant & 0xFFFF_FFFFL;
    }

    private static void put(final long at, final long instruction) {
        Memory.putShort(at, (int) (instruction >>> 48));
        Memory.putByte(at + SocketDescriptor.JUMP_TRUE_OFFSET, (int) (instruction >>> 40));
        Memory.putByte(at + SocketDescriptor.JUMP_FALSE_OFFSET, (int) (instruction >>> 32));
        Memory.putInt(at + SocketDescriptor.CONSTANT_OFFSET, (int) instruction);
    }
}
