package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.StandInListener.Cookies;
import java.util.List;

/**
 * How a {@link SocketDriver} is set up. Each method gives a copy with one thing changed.
 *
 * @param tcp            settings that sockets start from.
 * @param engine         sizes and limits of the engine.
 * @param mtu            largest IPv4 packet in bytes, 68 to 65,535; over IPv6 the link takes 20 bytes more.
 * @param addresses      the stack's own addresses, as {@link io.millrace.fastpath.testing.Family} has them; the first is the source of connections it opens.
 * @param broadcast      the directed broadcast address of its network.
 * @param iss            initial sequence number of the first connection; of each that follows, 64,000 more.
 * @param ephemeralPort  local port of the first active open that names none; of each that follows, one more.
 * @param startNs        virtual time at the beginning, in nanoseconds, at least 0.
 * @param overload       what listeners do beyond their queues; SYNs and last ACKs are dropped unless set.
 */
public record Setup(TcpSettings tcp, EngineSettings engine, int mtu, List<String> addresses, String broadcast, int iss,
        int ephemeralPort, long startNs, Overload overload) {

    /** Every TCP setting at its default, room for 1,024 connections, an MTU of 1,500, the address 192.168.0.1. */
    public static final Setup DEFAULT = new Setup(
            // as Linux has it
            TcpSettings.DEFAULT.toBuilder().mtuProbing(TcpSettings.MtuProbing.OFF).build(),
            new EngineSettings(1_024, 1_024, 64L << 20, 64, 1 << 16, 64, 64, 1_000), 1_500, List.of("192.168.0.1"),
            "192.168.255.255", 1_000_000, 49_152, 1_000_000_000L, new Overload(Cookies.OFF, false));

    public Setup {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a stack needs an address");
        }
    }

    public Setup tcp(final TcpSettings value) {
        return new Setup(value, engine, mtu, addresses, broadcast, iss, ephemeralPort, startNs, overload);
    }

    public Setup engine(final EngineSettings value) {
        return new Setup(tcp, value, mtu, addresses, broadcast, iss, ephemeralPort, startNs, overload);
    }

    public Setup mtu(final int value) {
        return new Setup(tcp, engine, value, addresses, broadcast, iss, ephemeralPort, startNs, overload);
    }

    public Setup addresses(final String... values) {
        return new Setup(tcp, engine, mtu, List.of(values), broadcast, iss, ephemeralPort, startNs, overload);
    }

    public Setup broadcast(final String value) {
        return new Setup(tcp, engine, mtu, addresses, value, iss, ephemeralPort, startNs, overload);
    }

    public Setup iss(final int value) {
        return new Setup(tcp, engine, mtu, addresses, broadcast, value, ephemeralPort, startNs, overload);
    }

    public Setup ephemeralPort(final int value) {
        return new Setup(tcp, engine, mtu, addresses, broadcast, iss, value, startNs, overload);
    }

    public Setup startNs(final long value) {
        return new Setup(tcp, engine, mtu, addresses, broadcast, iss, ephemeralPort, value, overload);
    }

    /** What listeners do beyond their queues. */
    public Setup overload(final Overload value) {
        return new Setup(tcp, engine, mtu, addresses, broadcast, iss, ephemeralPort, startNs, value);
    }

    /**
     * What listeners do beyond their queues.
     *
     * @param cookies          when SYNs are answered with a cookie.
     * @param abortsOnOverflow a handshake that finds the accept queue full is reset, and not held back.
     */
    public record Overload(Cookies cookies, boolean abortsOnOverflow) {}
}
