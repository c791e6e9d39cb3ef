package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.RssPlacement;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfCode.Label;
import io.millrace.nativeports.linux.BpfMemory;
import io.millrace.nativeports.linux.BpfPlacement;
import io.millrace.nativeports.linux.BpfProgram;
import java.io.IOException;

/**
 * A program that the kernel asks, for each frame, which of several packet sockets is meant: that of the engine where
 * {@link RssPlacement} places its flow. The kernel keeps what it was given when this is closed. Thread: one.
 */
final class FlowFanout implements AutoCloseable {
    /** The packet begins where its network header does, whatever tags were in front of it. */
    private static final int NETWORK_HEADER = 0;
    /** Ethernet types as a little-endian machine reads them. */
    private static final int IPV4 = 0x0008;
    private static final int IPV6 = 0xdd86;
    private static final int PAGE = 4_096;

    private final BpfMemory memory = new BpfMemory(BpfPlacement.LENGTH + PAGE - 1 & -PAGE);
    private final BpfProgram program;

    /** @throws IOException where the kernel cannot do this, or lets this process not: one clause. */
    FlowFanout(final RssPlacement placement, final int sockets) throws IOException {
        boolean done = false;
        try {
            program = new BpfProgram(code(new BpfPlacement(memory, 0, placement, sockets)));
            done = true;
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    private static BpfCode code(final BpfPlacement flows) {
        final Label ip = new Label();
        final Label anybody = new Label();
        final BpfCode code = new BpfCode().move(BpfCode.R9, NETWORK_HEADER)
                .loadWord(BpfCode.R0, BpfCode.R6, Bpf.SKB_PROTOCOL_OFFSET).jumpIfEqual(BpfCode.R0, IPV4, ip)
                .jumpIfNotEqual(BpfCode.R0, IPV6, anybody).land(ip);
        flows.write(code, anybody);
        code.moveRegister(BpfCode.R0, BpfCode.R8).exit().land(anybody);
        flows.writeAnybody(code);
        return code;
    }

    /** The program's descriptor. */
    int descriptor() {
        return program.descriptor();
    }

    @Override
    public void close() {
        program.close();
        memory.close();
    }
}
