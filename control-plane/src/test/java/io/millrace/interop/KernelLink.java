package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;

/** What joins a stack with the interface {@code mr0} of the kernel, which has the address of the host's side. */
interface KernelLink extends AutoCloseable {
    /** The kernel makes its interface itself when the stack opens its TAP. */
    KernelLink TAP = madeByKernel("tap");

    /** The same without Ethernet: nobody is asked for an address of the link. */
    KernelLink TUN = madeByKernel("tun");

    private static KernelLink madeByKernel(final String scheme) {
        return (kernel, offloads) -> """
                millrace.port { device = "%s:mr0", host-address = "%s/24" }
                """.formatted(scheme, KernelInterop.KERNEL);
    }

    /**
     * Makes what is not there yet.
     *
     * @param kernel   the kernel's namespace.
     * @param offloads of both sides.
     * @return the configuration of the stack's port, HOCON.
     */
    String join(NetworkNamespace kernel, boolean offloads) throws IOException;

    /** Where the interface is that the stack's port stands on. @param kernel the kernel's namespace. */
    default NetworkNamespace stackSide(final NetworkNamespace kernel) {
        return kernel;
    }

    @Override
    default void close() {}
}
