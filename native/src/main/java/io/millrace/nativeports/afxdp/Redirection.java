package io.millrace.nativeports.afxdp;

import static io.millrace.nativeports.linux.BpfCode.R0;
import static io.millrace.nativeports.linux.BpfCode.R1;
import static io.millrace.nativeports.linux.BpfCode.R2;
import static io.millrace.nativeports.linux.BpfCode.R3;
import static io.millrace.nativeports.linux.BpfCode.R4;
import static io.millrace.nativeports.linux.BpfCode.R6;

import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfLink;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.Errno;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The program on an interface that hands the stack what is its own: what is for its Ethernet address, and, where that is
 * asked for, what is for groups. The rest goes on to the kernel, as does what arrives at a queue without a socket. When
 * this is closed, or the process ends, the kernel takes the program off.
 * <p>
 * Thread: one.
 */
final class Redirection implements AutoCloseable {
    private static final int GROUP_BIT = 1;

    private final XskMap map;
    private @Nullable BpfProgram program;
    private @Nullable BpfLink link;
    private boolean driver;
    private boolean closed;

    private Redirection(final XskMap map) {
        this.map = map;
    }

    /**
     * Puts a program on an interface of this thread's network namespace.
     *
     * @param device for messages.
     * @param queues of the interface that may get a socket.
     */
    static Redirection attach(final String device, final int interfaceIndex, final AfXdpSpec spec, final long address,
            final int queues) throws IOException {
        final Redirection redirection = new Redirection(new XskMap(queues));
        boolean done = false;
        try {
            final BpfProgram program = load(code(redirection.map.descriptor(), address, spec.allGroups()));
            redirection.program = program;
            redirection.attach(program, device, interfaceIndex, spec.mode());
            done = true;
            return redirection;
        } finally {
            if (!done) {
                redirection.close();
            }
        }
    }

    /** Frames of several pieces are let in where the kernel has programs for such. */
    private static BpfProgram load(final BpfCode code) throws IOException {
        try {
            return new BpfProgram(code, Bpf.PROG_TYPE_XDP, Bpf.XDP, Bpf.F_XDP_HAS_FRAGS);
        } catch (final IOException e) {
            return new BpfProgram(code, Bpf.PROG_TYPE_XDP, Bpf.XDP, 0);
        }
    }

    private void attach(final BpfProgram loaded, final String device, final int interfaceIndex,
            final AfXdpSpec.Mode mode) throws IOException {
        String attempts = "";
        int errno = 0;
        if (mode != AfXdpSpec.Mode.GENERIC) {
            final BpfLink.Result result = BpfLink.attach(loaded, interfaceIndex, Bpf.XDP, Bpf.XDP_FLAGS_DRV_MODE);
            link = result.link();
            driver = link != null;
            errno = result.errno();
            attempts = "driver mode: " + Errno.describe(errno);
        }
        if (link == null && mode != AfXdpSpec.Mode.DRIVER) {
            final BpfLink.Result result = BpfLink.attach(loaded, interfaceIndex, Bpf.XDP, Bpf.XDP_FLAGS_SKB_MODE);
            link = result.link();
            attempts += (attempts.isEmpty() ? "" : ", ") + "generic mode: " + Errno.describe(result.errno());
            errno = errno == Errno.EBUSY ? errno : result.errno();
        }
        if (link == null) {
            throw new IOException(AfXdpFailure.onAttach(device, attempts, errno));
        }
    }

    /** R6 is the context; frames that are too short for an Ethernet header are the kernel's. */
    static BpfCode code(final int map, final long address, final boolean allGroups) {
        final BpfCode.Label pass = new BpfCode.Label();
        final BpfCode.Label ours = new BpfCode.Label();
        final BpfCode code = new BpfCode()
                .loadWord(R2, R6, Bpf.XDP_DATA)
                .loadWord(R3, R6, Bpf.XDP_DATA_END)
                .moveRegister(R4, R2)
                .add(R4, EthernetHeader.LENGTH)
                .jumpIfBelowRegister(R3, R4, pass);
        if (allGroups) {
            code.loadByte(R4, R2, 0).jumpIfAny(R4, GROUP_BIT, ours);
        }
        return code.loadWord(R4, R2, 0)
                .jumpIfNotEqual32(R4, Integer.reverseBytes((int) (address >>> Short.SIZE)), pass)
                .loadHalf(R4, R2, Integer.BYTES)
                .jumpIfNotEqual(R4, Short.reverseBytes((short) address) & 0xFFFF, pass)
                .land(ours)
                .loadWord(R2, R6, Bpf.XDP_QUEUE)
                .map(R1, map)
                .move(R3, Bpf.XDP_PASS)
                .call(Bpf.FUNC_REDIRECT_MAP)
                .exit()
                .land(pass)
                .move(R0, Bpf.XDP_PASS)
                .exit();
    }

    /** Lets a socket have what a queue receives, until it is closed. */
    void give(final int queue, final XdpSocket socket) throws IOException {
        map.put(queue, socket);
    }

    /** True where the driver itself runs the program, false where the kernel does on a copy. */
    boolean isDriverMode() {
        return driver;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CloseHelper.closeAll(link, program, map);
        }
    }
}
