package io.millrace.fastpath.control;

import io.millrace.fastpath.udp.BindingTable;
import org.jspecify.annotations.Nullable;

/**
 * All that one engine asks of the control plane. Thread: the engine's; implementations read published snapshots and
 * never block.
 */
public interface EngineControl {
    /** The ISN generator of this engine. */
    InitialSequenceNumbers initialSequenceNumbers();

    /** The Fast Open cookies of this engine. */
    default FastOpenCookies fastOpenCookies() {
        return FastOpenCookies.NONE;
    }

    /** The SYN cookies of this engine. */
    default SynCookies synCookies() {
        return SynCookies.NONE;
    }

    /** The port chooser of this engine. */
    EphemeralPorts ephemeralPorts();

    /**
     * Identifications of the datagrams of this engine; asked for once. The default counts, for everybody to foresee.
     */
    default DatagramIdentifications datagramIdentifications() {
        final int[] last = new int[1];
        return (sourceHi, sourceLo, destinationHi, destinationLo, protocol) -> ++last[0];
    }

    /**
     * The listener that a flow belongs to: the specific address wins over the wildcard, and of several that share address
     * and port it is always the same one; null where there is none.
     *
     * @param ports local port above, remote port below.
     */
    @Nullable
    ListenerPolicy listener(long localHi, long localLo, long remoteHi, long remoteLo, int ports);

    /** Which local ports a user may ask for. */
    default OwnPorts ownPorts() {
        return OwnPorts.ALL;
    }

    /** Where datagram endpoints are bound: one table for all engines of the stack. */
    BindingTable bindings();

    /** True where a wildcard of either family is meant for both, as in Java: the stack has IPv6, and not {@link #v6Only}. */
    default boolean dualStack() {
        return false;
    }

    /** True where an endpoint bound to {@code ::} takes IPv6 alone (IPV6_V6ONLY); false where it takes IPv4 too. */
    default boolean v6Only() {
        return false;
    }

    /** True where packets of IPv6 carry the label of their flow (RFC 6437); false where they carry none. */
    default boolean flowLabels() {
        return true;
    }

    /** How many engines the stack has. */
    default int engines() {
        return 1;
    }

    /** The way to the other engines for ICMP errors about connections that this one does not have. */
    default IcmpErrors otherEngines() {
        return IcmpErrors.NONE;
    }

    /** Where segments belong that are not for a connection of this engine. */
    default OtherEngines segmentsOfOthers() {
        return OtherEngines.NONE;
    }

    /** Random; keys the hash of the flow table, so that nobody outside can choose colliding flows. */
    long hashSeed();

    /**
     * True where the control plane has a DHCP client: the engine hands it what comes from port 67 to port 68, whatever
     * the address. Asked for once.
     */
    default boolean hasDhcpClient() {
        return false;
    }

    /** Where endpoints say which groups they listen to. */
    default MulticastGroups multicastGroups() {
        return MulticastGroups.NONE;
    }

    /** The addresses and routes published last. */
    RouteSnapshot routes();

    /**
     * An exception that nobody expected was caught in the duty cycle; the engine has counted it and goes on. For the
     * log.
     */
    default void onDefect(final Throwable exception) {}

    /**
     * A page of memory that the engine uses is gone: that of a mapped file which somebody has cut short, most likely. Told
     * once; the engine has no more turns and waits to be closed.
     */
    default void onMemoryLost(final InternalError error) {}

    /**
     * Where the engine shows its counters and answers who asks for its connections: the address of
     * {@link io.millrace.fastpath.counters.EngineArea#LENGTH} bytes, zero, that stay until the engine is closed; asked for
     * once. 0: the engine takes memory of its own, which nobody else reads.
     */
    default long observedMemory() {
        return 0;
    }

    /** Where the engine reports what is not its own business. */
    EngineEvents events();
}
