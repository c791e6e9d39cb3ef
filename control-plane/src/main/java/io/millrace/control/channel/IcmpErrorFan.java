package io.millrace.control.channel;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.IcmpErrors;
import java.util.List;

/** Takes ICMP errors that reached one engine to each of the others. Thread: any. */
public final class IcmpErrorFan implements IcmpErrors {
    private final EngineCommands[] others;

    /**
     * @param engines commands to each engine of the stack.
     * @param own     which of them it is that has nobody to tell itself.
     */
    public IcmpErrorFan(final List<? extends EngineCommands> engines, final int own) {
        others = engines.stream().filter(engine -> engine != engines.get(own)).toArray(EngineCommands[]::new);
    }

    @Override
    public void onIcmpError(final int error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        for (final EngineCommands other : others) {
            other.icmpError(error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu);
        }
    }
}
