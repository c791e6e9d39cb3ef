package io.millrace.nativeports.shared;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.BpfCode;
import io.millrace.nativeports.linux.BpfLink;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxRelease;
import java.io.IOException;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stack its ports of an interface, and keeps the kernel from answering for them. Ends with {@link #close}, and with
 * the process, however that ends: then the ports are the kernel's again. Thread: one.
 */
public final class KernelGuard implements AutoCloseable {
    private static final int WHOLE_FRAME = -1;
    /** The first Linux with tcx. */
    private static final int TCX_MAJOR = 6;
    private static final int TCX_MINOR = 6;

    private final SharedPorts ports;
    private final PortBits bits;
    private final BpfProgram filter;
    private @Nullable BpfLink link;

    /** @throws IOException one sentence: why the kernel takes no such program, and what to do. */
    public KernelGuard(final SharedPorts ports) throws IOException {
        this.ports = ports;
        PortBits made = null;
        try {
            made = new PortBits(ports);
            filter = new BpfProgram(socketFilter(ports, made));
            bits = made;
        } catch (final IOException e) {
            CloseHelper.close(made);
            throw new IOException(refused(e.getMessage()), e);
        }
    }

    /** Why such programs cannot be had here; empty where they can. */
    public static List<PortFinding> examine(final SharedPorts ports) {
        try (KernelGuard guard = new KernelGuard(ports)) {
            if (!ports.guarded()) {
                return List.of();
            }
            guard.ingress().close();
            return LinuxRelease.isAtLeast(TCX_MAJOR, TCX_MINOR)
                    ? List.of()
                    : List.of(new PortFinding(Weight.FATAL,
                            "only Linux 6.6 and later keep the kernel off shared ports (tcx)",
                            "With an older one give the kernel the rule of native/PORTS.md, and set"
                                    + " millrace.port.shared-guard = rule"));
        } catch (final IOException e) {
            return List.of(new PortFinding(Weight.FATAL, String.valueOf(e.getMessage()), "Do what this says"));
        }
    }

    /** Lets in what the stack is to get. */
    public BpfProgram filter() {
        return filter;
    }

    /**
     * From now on the kernel gets nothing that is the stack's alone.
     *
     * @param interfaceIndex in the network namespace of this thread.
     * @param interfaceName  for messages.
     * @throws IOException one sentence: why that cannot be, and what to do.
     */
    public void attach(final int interfaceIndex, final String interfaceName) throws IOException {
        try (BpfProgram program = ingress()) {
            // the link keeps its program
            final BpfLink.Result result = BpfLink.attach(program, interfaceIndex, Bpf.TCX_INGRESS, Bpf.F_BEFORE);
            link = result.link();
            if (link == null) {
                throw new IOException("cannot keep the kernel off the shared ports of " + interfaceName + ": "
                        + Errno.describe(result.errno()) + (result.errno() == Errno.EINVAL
                                ? "; that needs Linux 6.6 or later (tcx): with an older one give the kernel the rule of"
                                        + " native/PORTS.md, and set millrace.port.shared-guard = rule"
                                : ""));
            }
        }
    }

    private BpfProgram ingress() throws IOException {
        try {
            return new BpfProgram(ingress(ports, bits), Bpf.PROG_TYPE_SCHED_CLS);
        } catch (final IOException e) {
            throw new IOException(refused(e.getMessage()), e);
        }
    }

    static BpfCode socketFilter(final SharedPorts ports, final PortBits bits) {
        return FrameClasses.write(ports, bits, WHOLE_FRAME, WHOLE_FRAME, 0);
    }

    static BpfCode ingress(final SharedPorts ports, final PortBits bits) {
        return FrameClasses.write(ports, bits, Bpf.TCX_DROP, Bpf.TCX_NEXT, Bpf.TCX_NEXT);
    }

    private static String refused(final @Nullable String cause) {
        return cause + "; sharing the host's addresses needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW";
    }

    @Override
    public void close() {
        CloseHelper.closeAll(link, filter, bits);
    }
}
