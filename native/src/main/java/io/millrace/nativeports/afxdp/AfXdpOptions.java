package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import io.millrace.nativeports.linux.MacOption;
import java.util.List;

/** The settings of {@code af-xdp:}, beside the interface and its namespace. */
final class AfXdpOptions {
    static final int MAX_QUEUE = 4_095;
    static final int MAX_BUSY_POLL_US = 1_000_000;
    /** In the order of {@link AfXdpSpec.Mode} and {@link AfXdpSpec.Copy}; the first one is the default. */
    static final List<String> MODES = List.of("auto", "driver", "generic");
    static final List<String> COPIES = List.of("auto", "zero-copy", "copy");
    static final List<String> GROUPS = List.of("shared", "all");

    private static final PortOption QUEUE = new PortOption("queue", new Type.Whole(0, MAX_QUEUE), "0", Place.COMMA, """
            The first of the interface's queues that the engines take, one each (`ethtool -l`).
            """);
    private static final PortOption MODE = new PortOption("mode", new Type.Choice(MODES), "auto", Place.COMMA, """
            Where the program runs that takes frames out for the stack: in the interface's driver, or in the kernel
            behind it (generic), which every interface can and which is slower. auto: the first that works.
            """);
    private static final PortOption COPY = new PortOption("copy", new Type.Choice(COPIES), "auto", Place.COMMA, """
            Who moves the bytes: the driver itself, to and from the frames (zero-copy), or the kernel, which copies
            them. auto: as the driver can.
            """);
    private static final PortOption GROUP = new PortOption("groups", new Type.Choice(GROUPS), "shared", Place.COMMA, """
            Who gets what is for a group (broadcast, multicast): the kernel and the stack both (shared), or the stack
            alone (all), by the faster way: for an interface on which the kernel has no address.
            """);
    private static final PortOption BUSY_POLL = new PortOption("busy-poll", new Type.Whole(0, MAX_BUSY_POLL_US), "0",
            Place.COMMA,
            """
                    Microseconds of preferred busy polling: the loop drives the driver's queue itself, instead of interrupts
                    (net.core.busy_poll; see also napi_defer_hard_irqs and gro_flush_timeout of the interface). 0: off.
                    """);

    /** In the order in which they are shown. */
    static final List<PortOption> ALL = List.of(QUEUE, MacOption.MAC, MODE, COPY, GROUP, BUSY_POLL);

    private AfXdpOptions() {}
}
