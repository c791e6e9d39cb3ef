package io.millrace.nativeports.linux;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import java.io.IOException;

/**
 * The setting of ports that join an interface of the kernel that says which Ethernet address the stack has there: in the
 * low 48 bits, {@link #OWN} or {@link #OF_INTERFACE}.
 */
public final class MacOption {
    /** An address besides the interface's, made from it. */
    public static final long OWN = 0;
    /** That of the interface. */
    public static final long OF_INTERFACE = -1;

    /** {@code mac=interface|ADDRESS}. */
    public static final PortOption MAC = new PortOption("mac",
            new Type.Text("own, interface, or an Ethernet address such as 02:00:00:00:00:01",
                    "own|interface|([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}"),
            "own", Place.COMMA, """
                    Ethernet address of the stack: own (one besides the interface's, the same at every start), interface
                    (the interface's, for networks that let in no second one: Wi-Fi, most clouds), or an address.
                    """);

    private MacOption() {}

    /** @throws IOException one sentence: what is wrong, and what is expected. */
    public static long parse(final String value) throws IOException {
        try {
            return switch (value) {
                case "own" -> OWN;
                case "interface" -> OF_INTERFACE;
                default -> LinkAddress.parse(value);
            };
        } catch (final IllegalArgumentException e) {
            throw new IOException(e.getMessage() + ", nor \"interface\"", e);
        }
    }

    /**
     * The stack's address.
     *
     * @param mac         what is set.
     * @param port        scheme and interface, e.g. {@code af-packet:eth0}: each has an own address of its own.
     * @param ofInterface the kernel's.
     */
    public static long address(final long mac, final String port, final long ofInterface) {
        if (mac == OWN) {
            return LinkAddress.of(port + '/' + LinkAddress.toString(ofInterface));
        }
        return mac == OF_INTERFACE ? ofInterface : mac;
    }
}
