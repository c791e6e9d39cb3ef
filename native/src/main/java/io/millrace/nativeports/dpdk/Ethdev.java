package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/** The control functions of DPDK's ethdev library. Thread: whoever holds {@link Eal}'s lock. */
@SuppressWarnings("restricted")
final class Ethdev {
    static final SymbolLookup LIBRARY = Libraries.load("ethdev");
    static final NativeFunction CONFIGURE = NativeFunction.of(LIBRARY, "rte_eth_dev_configure");
    static final NativeFunction ADJUST = NativeFunction.of(LIBRARY, "rte_eth_dev_adjust_nb_rx_tx_desc");
    static final NativeFunction RX_QUEUE = NativeFunction.of(LIBRARY, "rte_eth_rx_queue_setup");
    static final NativeFunction TX_QUEUE = NativeFunction.of(LIBRARY, "rte_eth_tx_queue_setup");
    static final NativeFunction SET_MTU = NativeFunction.of(LIBRARY, "rte_eth_dev_set_mtu");
    static final NativeFunction START = NativeFunction.of(LIBRARY, "rte_eth_dev_start");
    static final NativeFunction STOP = NativeFunction.of(LIBRARY, "rte_eth_dev_stop");
    static final NativeFunction CLOSE = NativeFunction.of(LIBRARY, "rte_eth_dev_close");
    static final NativeFunction ALL_MULTICAST = NativeFunction.of(LIBRARY, "rte_eth_allmulticast_enable");
    static final NativeFunction SOCKET = NativeFunction.of(LIBRARY, "rte_eth_dev_socket_id");
    static final NativeFunction LINK = NativeFunction.of(LIBRARY, "rte_eth_link_get_nowait");
    static final NativeFunction STATS = NativeFunction.of(LIBRARY, "rte_eth_stats_get");
    static final NativeFunction INFO = NativeFunction.of(LIBRARY, "rte_eth_dev_info_get");
    static final NativeFunction ADDRESS = NativeFunction.of(LIBRARY, "rte_eth_macaddr_get");

    private static final NativeFunction PORT_BY_NAME = NativeFunction.of(LIBRARY, "rte_eth_dev_get_port_by_name");
    private static final NativeFunction NAME_BY_PORT = NativeFunction.of(LIBRARY, "rte_eth_dev_get_name_by_port");
    private static final NativeFunction IS_VALID = NativeFunction.of(LIBRARY, "rte_eth_dev_is_valid_port");
    private static final int MOST_PORTS = (int) Abi.number("RTE_MAX_ETHPORTS");
    private static final int NAME_LENGTH = (int) Abi.number("RTE_ETH_NAME_MAX_LEN");

    private Ethdev() {}

    /** True where DPDK has such a port. */
    static boolean exists(final String name) {
        return byName(name) >= 0;
    }

    /**
     * Number of the port.
     *
     * @param name its name or number.
     * @throws IOException naming the ports that there are.
     */
    static int find(final String name) throws IOException {
        final int port = name.matches("[0-9]{1,3}") && isValid(Integer.parseInt(name))
                ? Integer.parseInt(name)
                : byName(name);
        if (port < 0) {
            throw new IOException(DpdkFailure.onMissingPort(name, names()));
        }
        return port;
    }

    /** Every port's name. */
    static List<String> names() {
        final List<String> names = new ArrayList<>();
        for (int port = 0; port < MOST_PORTS; port++) {
            if (isValid(port)) {
                names.add(name(port));
            }
        }
        return names;
    }

    static String name(final int port) {
        try (MemoryRegion text = MemoryRegion.allocate("name of a DPDK port", NAME_LENGTH)) {
            NAME_BY_PORT.call(port, text.address());
            return Eal.text(text.address());
        }
    }

    private static boolean isValid(final int port) {
        // A bool of C: only the low byte is set.
        return port < MOST_PORTS && (IS_VALID.call(port) & 0xFF) != 0;
    }

    private static int byName(final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final long port = arena.allocate(Short.BYTES).address();
            return PORT_BY_NAME.call(arena.allocateFrom(name).address(), port) == 0
                    ? Memory.getUnsignedShort(port)
                    : -1;
        }
    }
}
