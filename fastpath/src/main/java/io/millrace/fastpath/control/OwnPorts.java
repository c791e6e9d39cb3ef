package io.millrace.fastpath.control;

import org.jspecify.annotations.Nullable;

/**
 * Which local ports a stack may use: all, unless it shares its addresses with the kernel, which keeps the others. Immutable.
 * Thread: any.
 */
public interface OwnPorts {
    /** A stack that has its addresses for itself. */
    OwnPorts ALL = new OwnPorts() {
        @Override
        public @Nullable String refusalOfTcp(final int port) {
            return null;
        }

        @Override
        public @Nullable String refusalOfUdp(final int port) {
            return null;
        }
    };

    /** Why a port of TCP cannot be used, one sentence without full stop; null where it can. */
    @Nullable
    String refusalOfTcp(int port);

    /** The same of UDP. */
    @Nullable
    String refusalOfUdp(int port);
}
