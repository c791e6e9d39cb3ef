package io.millrace.nativeports.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import org.agrona.CloseHelper;

/** Has the kernel run both programs on a frame (BPF_PROG_TEST_RUN): whose is it? */
final class ProgramRun implements AutoCloseable {
    static final int TCP_PORT = 80;
    static final int UDP_PORT = 53;
    /** Of both protocols, in the last word of the table. */
    static final int BOTH_PORT = 65_535;

    private static final int FRAME = 2_048;

    private final MemoryRegion memory = MemoryRegion.allocate("test run", FRAME + Bpf.ATTRIBUTES_LENGTH);
    private final PortBits bits;
    private final BpfProgram socketFilter;
    private final BpfProgram ingress;

    ProgramRun() throws IOException {
        this("192.0.2.1", "10.0.0.1", "2001:db8::1", "fe80::8000:0:0:1");
    }

    ProgramRun(final String... addresses) throws IOException {
        final SharedPorts ports = new SharedPorts(Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(),
                ports(TCP_PORT), ports(UDP_PORT), true);
        bits = new PortBits(ports);
        socketFilter = new BpfProgram(KernelGuard.socketFilter(ports, bits), Bpf.PROG_TYPE_SCHED_CLS);
        ingress = new BpfProgram(KernelGuard.ingress(ports, bits), Bpf.PROG_TYPE_SCHED_CLS);
    }

    private static BitSet ports(final int port) {
        final BitSet ports = new BitSet();
        ports.set(port);
        ports.set(BOTH_PORT);
        return ports;
    }

    /** Why no such program can be loaded here; null where it can. */
    static String unavailabilityCause() {
        try (ProgramRun run = new ProgramRun()) {
            return run == null ? "" : null;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    /** @param frame hexadecimal, with a destination of zeros, which is the address of the interface of a test run. */
    String ownerOf(final String frame) {
        final boolean taken = run(socketFilter, frame) != 0;
        final boolean kept = run(ingress, frame) == Bpf.TCX_DROP;
        assertThat(taken || !kept).as("dropped by the kernel and not taken by the stack").isTrue();
        return kept ? "stack" : taken ? "both" : "kernel";
    }

    private int run(final BpfProgram program, final String frame) {
        final byte[] bytes = HexFormat.of().parseHex(frame);
        Memory.copyFromArray(bytes, 0, memory.address(), bytes.length);
        final long at = memory.address() + FRAME;
        Memory.zero(at, Bpf.ATTRIBUTES_LENGTH);
        Memory.putInt(at + Bpf.TEST_PROG_OFFSET, program.descriptor());
        Memory.putInt(at + Bpf.TEST_SIZE_IN_OFFSET, bytes.length);
        Memory.putLong(at + Bpf.TEST_DATA_IN_OFFSET, memory.address());
        assertThat(new LinuxCalls().bpf(Bpf.PROG_TEST_RUN, at, Bpf.ATTRIBUTES_LENGTH)).as("test run").isZero();
        return Memory.getInt(at + Bpf.TEST_RESULT_OFFSET);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(socketFilter, ingress, bits, memory);
    }
}
