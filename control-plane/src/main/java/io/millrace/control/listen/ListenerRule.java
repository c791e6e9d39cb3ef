package io.millrace.control.listen;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for the listeners of one port. Immutable. Thread: any.
 *
 * @param hi      upper half of the address that the listener is bound to.
 * @param lo      lower half; the wildcard for every listener of the port.
 * @param port    1 to 65,535; 0 is no listener's.
 * @param backlog most connections that may wait to be accepted, and as many where the application does not say; 0: as
 *                everywhere.
 * @param sources networks that connections are taken from; empty: from everybody.
 * @param tcp     what connections start from; null: as everywhere.
 */
public record ListenerRule(long hi, long lo, int port, int backlog, List<IpPrefix> sources, @Nullable TcpSettings tcp) {
    static final ListenerRule NONE = new ListenerRule(0, 0, 0, 0, List.of(), null);

    public ListenerRule {
        sources = List.copyOf(sources);
    }

    /** True for a listener that is bound to this address and port. */
    boolean isFor(final long boundHi, final long boundLo, final int boundPort) {
        return port == boundPort && (IpAddress.isAny(hi, lo) || hi == boundHi && lo == boundLo);
    }

    int backlogFor(final int asked) {
        if (backlog == 0) {
            return asked;
        }
        return asked <= 0 ? backlog : Math.min(asked, backlog);
    }

    TcpSettings settings(final TcpSettings stack) {
        return tcp == null ? stack : tcp;
    }
}
