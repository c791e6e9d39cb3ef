package io.millrace.nativeports.shared;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfMemory;
import java.io.IOException;
import java.util.BitSet;

/** Which ports are the stack's: a bit for each port of TCP, then of UDP, in memory that programs read. Thread: one. */
final class PortBits implements AutoCloseable {
    private static final int PORTS = 1 << 16;
    private static final int BYTES = PORTS / Byte.SIZE;
    /** Of a port, which word of 32 bits it is in, and which bit of it. */
    private static final int WORD_SHIFT = 5;
    private static final int WORD_BYTES_SHIFT = 2;
    private static final int BIT_MASK = 31;
    /** Says the same again, for the kernel's verifier: no word beyond the table. */
    private static final int WORD_MASK = BYTES - Integer.BYTES;

    private final BpfMemory memory = new BpfMemory(2 * BYTES);

    /** @throws IOException one clause: what was tried, what the system said. */
    PortBits(final SharedPorts ports) throws IOException {
        put(ports.tcp(), 0);
        put(ports.udp(), BYTES);
    }

    private void put(final BitSet ports, final int offset) {
        for (int port = ports.nextSetBit(0); port >= 0 && port < PORTS; port = ports.nextSetBit(port + 1)) {
            final long word = memory.address() + offset + (port >>> WORD_SHIFT << WORD_BYTES_SHIFT);
            Memory.putInt(word, Memory.getInt(word) | 1 << (port & BIT_MASK));
        }
    }

    /** Jumps to a label where the port in R0 is none of them; destroys R0 to R3. */
    void writeTest(final BpfCode code, final boolean udp, final Label none) {
        code.moveRegister(BpfCode.R2, BpfCode.R0).shiftRight(BpfCode.R2, WORD_SHIFT)
                .shiftLeft(BpfCode.R2, WORD_BYTES_SHIFT).and(BpfCode.R2, WORD_MASK)
                .moveRegister(BpfCode.R3, BpfCode.R0).and(BpfCode.R3, BIT_MASK)
                .point(BpfCode.R1, memory, udp ? BYTES : 0).addRegister(BpfCode.R1, BpfCode.R2)
                .loadWord(BpfCode.R0, BpfCode.R1).shiftRightByRegister(BpfCode.R0, BpfCode.R3).and(BpfCode.R0, 1)
                .jumpIfEqual(BpfCode.R0, 0, none);
    }

    @Override
    public void close() {
        memory.close();
    }
}
