package io.millrace.control.shared;

import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.OwnPorts;
import io.millrace.fastpath.port.SharedPorts;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The ports that were given to a stack, and what it is told that asks for others. Immutable. Thread: any. */
public final class ChosenPorts implements OwnPorts {
    /** Groups are the kernel's: what is sent to them does not reach the stack. */
    public static final MulticastGroups NO_GROUPS = (listener, hi, lo, include, sources) -> {
        throw new IllegalStateException("a stack that shares the host's addresses (" + PortKeys.SHARED_PORTS
                + ") joins no multicast groups");
    };

    private final SharedPorts ports;
    private final String allowed;

    /** @param config whose keys are named. */
    public ChosenPorts(final SharedPorts ports, final MillraceConfig config) {
        this.ports = ports;
        allowed = PortKeys.SHARED_PORTS + " = " + config.text(PortKeys.SHARED_PORTS) + ", "
                + PortKeys.SHARED_EPHEMERAL + " = " + config.text(PortKeys.SHARED_EPHEMERAL);
    }

    @Override
    public @Nullable String refusalOfTcp(final int port) {
        return refusal(ports.tcp(), port, "TCP");
    }

    @Override
    public @Nullable String refusalOfUdp(final int port) {
        return refusal(ports.udp(), port, "UDP");
    }

    private @Nullable String refusal(final BitSet own, final int port, final String protocol) {
        return own.get(port) ? null : "port " + port + " of " + protocol + " is the kernel's (" + allowed + ')';
    }
}
