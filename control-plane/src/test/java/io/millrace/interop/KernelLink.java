package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;

/** What joins a stack with the interface {@code mr0} of the kernel, which has the address of the host's side. */
interface KernelLink extends AutoCloseable {
    /** The kernel makes its interface itself when the stack opens its TAP. */
    KernelLink TAP = (kernel, offloads) -> """
            millrace.port { device = "tap:mr0", host-address = "%s/24" }
            """.formatted(KernelInterop.KERNEL);

    /**
     * Makes what is not there yet.
     *
     * @param kernel   the kernel's namespace.
     * @param offloads of both sides.
     * @return the configuration of the stack's port, HOCON.
     */
    String join(NetworkNamespace kernel, boolean offloads) throws IOException;

    @Override
    default void close() {}
}
