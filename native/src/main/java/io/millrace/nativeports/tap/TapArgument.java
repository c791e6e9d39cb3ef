package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import io.millrace.nativeports.linux.InterfaceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the scheme: {@code NAME[@NAMESPACE]}, and of a TAP {@code [,receive=ring|queue][,bulk=steered|direct]}.
 *
 * @param device    without what stands behind a comma: what the device's address follows from.
 * @param name      of the interface.
 * @param namespace where it is; null: where this process is.
 * @param ring      small frames shall come by a ring in memory where that is possible.
 * @param steered   other CPUs shall receive bulk transfers where that is possible.
 */
record TapArgument(String device, String name, @Nullable String namespace, boolean ring, boolean steered) {
    /** Of a TAP alone. */
    static final PortOption RECEIVE = new PortOption("receive", new Type.Choice(List.of("ring", "queue")), "ring",
            Place.COMMA,
            """
                    How frames of up to 2,032 bytes come in: by a ring in memory, which a BPF program in the kernel fills
                    (ring, where Linux lets this process load one: fewer system calls, but the host counts these frames as
                    dropped by the interface), or by the device's queue (queue: a system call each).
                    """);

    /** Of a TAP alone. */
    static final PortOption BULK = new PortOption("bulk", new Type.Choice(List.of("steered", "direct")), "steered",
            Place.COMMA,
            """
                    Where the host receives what is sent in bursts of long frames, without offloads: on other CPUs than
                    the loop's (steered, where Linux lets this process set receive packet steering: twice as fast; by a
                    line of net.core.netdev_max_backlog frames), or within each write, on that of the loop (direct).
                    """);

    /** Each as it stands behind a comma. */
    private static final List<String> CHOICES = Stream.of(RECEIVE, BULK).flatMap(option -> ((Type.Choice) option.type())
            .words().stream().map(word -> option.name() + '=' + word)).toList();

    /** Stands between the interface's name and the network namespace that it shall live in. */
    private static final char AT = '@';

    /** @throws IOException one sentence: what is wrong with it. */
    static TapArgument parse(final TunKind kind, final String argument) throws IOException {
        final int comma = argument.indexOf(',');
        final String device = comma < 0 ? argument : argument.substring(0, comma);
        final int at = device.indexOf(AT);
        final String name = at < 0 ? device : device.substring(0, at);
        checkName(name);
        for (final String option : comma < 0 ? new String[0] : argument.substring(comma + 1).split(",", -1)) {
            checkOption(kind, option);
        }
        return new TapArgument(device, name, at < 0 ? null : device.substring(at + 1), has(kind, RECEIVE, argument),
                has(kind, BULK, argument));
    }

    private static void checkOption(final TunKind kind, final String option) throws IOException {
        if (kind != TunKind.TAP) {
            throw new IOException("\"" + option + "\" is no option of a port " + kind.scheme() + ":, which has none");
        }
        if (!CHOICES.contains(option)) {
            throw new IOException("\"" + option + "\" is no option of a port " + kind.scheme() + ":; there is "
                    + String.join(", ", CHOICES));
        }
    }

    /** What a TAP has unless somebody says otherwise. */
    private static boolean has(final TunKind kind, final PortOption option, final String argument) {
        final String said = option.in(argument);
        return kind == TunKind.TAP && (said == null || said.equals(option.defaultValue()));
    }

    private static void checkName(final String name) throws IOException {
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > InterfaceRequest.MAX_NAME_LENGTH) {
            throw new IOException("interface name \"" + name + "\" has " + length + " bytes; give it 1 to "
                    + InterfaceRequest.MAX_NAME_LENGTH);
        }
        if (!name.matches("[^\\s/:%]+") || name.equals(".") || name.equals("..")) {
            throw new IOException("interface name \"" + name + "\" has a character that Linux forbids; use letters,"
                    + " digits, - and _");
        }
    }
}
