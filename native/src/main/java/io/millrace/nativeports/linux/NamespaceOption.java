package io.millrace.nativeports.linux;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;

/** The setting of ports on interfaces of the kernel that says in which network namespace the interface is. */
public final class NamespaceOption {
    /** {@code IF@NAMESPACE}. */
    public static final PortOption NAMESPACE = new PortOption("namespace",
            new Type.Text("a name or a path of a network namespace, or \"\"", "[^,@\\s]*"),
            "", Place.AT, """
                    Network namespace that the interface is in: a name of `ip netns`, or a path such as
                    /proc/PID/ns/net. "": that of the process.
                    """);

    private NamespaceOption() {}
}
