package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import io.millrace.nativeports.linux.InterfaceRequest;
import io.millrace.nativeports.linux.LinkAddress;
import io.millrace.nativeports.linux.MacOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code af-packet:} is told: {@code IF[@NAMESPACE][,mac=interface|ADDRESS][,filter=none]}.
 *
 * @param interfaceName of the kernel.
 * @param namespace     in which it is; null: in that of the thread that opens it.
 * @param mac           the stack's Ethernet address, as {@link MacOption} has it.
 * @param everything    what the interface receives for others comes, too: for a wire, not for a stack.
 */
record AfPacketSpec(String interfaceName, @Nullable String namespace, long mac, boolean everything) {
    static final PortOption FILTER_OPTION = new PortOption("filter", new Type.Choice(List.of("address", "none")),
            "address", Place.COMMA, """
                    What a packet socket lets in: what is for its address and for groups (address), or everything, with
                    the interface promiscuous (none), which `millrace wire` needs and sets.
                    """);

    private static final String FORM = "IF[@NAMESPACE][,mac=interface|ADDRESS][,filter=none]";
    private static final String MAC = "mac=";
    private static final String FILTER = "filter=";

    /** @throws IOException one sentence: what is wrong, and what is expected. */
    static AfPacketSpec parse(final String argument) throws IOException {
        final String[] parts = argument.split(",", -1);
        final String place = parts[0];
        final int at = place.indexOf('@');
        final String name = at < 0 ? place : place.substring(0, at);
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > InterfaceRequest.MAX_NAME_LENGTH) {
            throw new IOException("interface name \"" + name + "\" has " + length + " bytes; give one of `ip link` as "
                    + FORM);
        }
        long mac = MacOption.OWN;
        boolean everything = false;
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].startsWith(FILTER)) {
                everything = everything(parts[i]);
            } else {
                mac = mac(parts[i]);
            }
        }
        return new AfPacketSpec(name, at < 0 ? null : place.substring(at + 1), mac, everything);
    }

    private static boolean everything(final String option) throws IOException {
        return switch (option.substring(FILTER.length())) {
            case "none" -> true;
            case "address" -> false;
            default -> throw new IOException("\"" + option + "\" of a packet socket must be filter=none or"
                    + " filter=address; the form is " + FORM);
        };
    }

    private static long mac(final String option) throws IOException {
        if (!option.startsWith(MAC)) {
            throw new IOException("\"" + option + "\" is no option of a packet socket; the form is " + FORM);
        }
        return MacOption.parse(option.substring(MAC.length()));
    }

    /**
     * The same at the Ethernet address of the interface, as who shares its IP addresses must be.
     *
     * @throws IOException where another is asked for.
     */
    AfPacketSpec atAddressOfInterface() throws IOException {
        if (mac != MacOption.OWN && mac != MacOption.OF_INTERFACE) {
            throw new IOException("who shares the IP addresses of " + interfaceName
                    + " has its Ethernet address too; leave \"" + MAC + LinkAddress.toString(mac) + "\" out");
        }
        if (everything) {
            throw new IOException("who shares the IP addresses of " + interfaceName
                    + " gets what is for its ports alone; leave \"" + FILTER + "none\" out");
        }
        return new AfPacketSpec(interfaceName, namespace, MacOption.OF_INTERFACE, false);
    }

    /** The stack's address on an interface that has this one. */
    long addressBeside(final long ofInterface) {
        return MacOption.address(mac, "af-packet:" + interfaceName, ofInterface);
    }
}
