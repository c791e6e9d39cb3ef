package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.PortOption;
import io.millrace.nativeports.linux.InterfaceRequest;
import io.millrace.nativeports.linux.MacOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code af-xdp:} is told: the interface, and options in any order.
 *
 * @param interfaceName of the kernel.
 * @param namespace     in which it is; null: in that of the thread that opens it.
 * @param queue         the first of the interface's queues, from 0 on.
 * @param mac           the stack's Ethernet address, as {@link MacOption} has it.
 * @param mode          where the program is to run.
 * @param copy          who is to move the bytes.
 * @param allGroups     true: what is for a group goes to the stack alone; false: to the kernel as well.
 * @param busyPollUs    microseconds of preferred busy polling; 0: none.
 */
record AfXdpSpec(String interfaceName, @Nullable String namespace, int queue, long mac, Mode mode, Copy copy,
        boolean allGroups, int busyPollUs) {
    static final String FORM = "IF[@NAMESPACE][,queue=N][,mac=interface|ADDRESS][,mode=auto|driver|generic]"
            + "[,copy=auto|zero-copy|copy][,groups=shared|all][,busy-poll=MICROSECONDS]";
    private static final Set<String> NAMES = AfXdpOptions.ALL.stream().map(PortOption::name)
            .collect(Collectors.toUnmodifiableSet());

    /** Where a program is run. */
    enum Mode {
        AUTO,
        DRIVER,
        GENERIC
    }

    /** Who moves the bytes between the UMEM and the interface. */
    enum Copy {
        AUTO,
        ZERO_COPY,
        COPY
    }

    /** @throws IOException one sentence: what is wrong, and what is expected. */
    static AfXdpSpec parse(final String argument) throws IOException {
        final String[] parts = argument.split(",", -1);
        final int at = parts[0].indexOf('@');
        final String name = at < 0 ? parts[0] : parts[0].substring(0, at);
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > InterfaceRequest.MAX_NAME_LENGTH) {
            throw new IOException("interface name \"" + name + "\" has " + length + " bytes; give one of `ip link` as "
                    + FORM);
        }
        final Map<String, String> options = options(parts);
        return new AfXdpSpec(name, at < 0 ? null : parts[0].substring(at + 1),
                number(options, "queue", AfXdpOptions.MAX_QUEUE), MacOption.parse(options.getOrDefault("mac", "own")),
                Mode.values()[choice(options, "mode", AfXdpOptions.MODES)],
                Copy.values()[choice(options, "copy", AfXdpOptions.COPIES)],
                choice(options, "groups", AfXdpOptions.GROUPS) == 1,
                number(options, "busy-poll", AfXdpOptions.MAX_BUSY_POLL_US));
    }

    private static Map<String, String> options(final String[] parts) throws IOException {
        final Map<String, String> options = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            final int equals = parts[i].indexOf('=');
            final String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
            if (equals < 0 || !NAMES.contains(key)) {
                throw new IOException("\"" + parts[i] + "\" is no option of an AF_XDP socket; the form is " + FORM);
            }
            if (options.put(key, parts[i].substring(equals + 1)) != null) {
                throw new IOException("option " + key + " is given twice; the form is " + FORM);
            }
        }
        return options;
    }

    private static int number(final Map<String, String> options, final String key, final int max) throws IOException {
        final String text = options.getOrDefault(key, "0");
        final int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (value < 0 || value > max) {
            throw new IOException(key + "=" + text + ": give a whole number from 0 to " + max);
        }
        return value;
    }

    private static int choice(final Map<String, String> options, final String key, final List<String> allowed)
            throws IOException {
        final String text = options.getOrDefault(key, allowed.getFirst());
        final int index = allowed.indexOf(text);
        if (index >= 0) {
            return index;
        }
        throw new IOException(key + "=" + text + ": give one of " + String.join(", ", allowed));
    }

    /** The stack's address on an interface that has this one. */
    long addressBeside(final long ofInterface) {
        return MacOption.address(mac, "af-xdp:" + interfaceName, ofInterface);
    }
}
