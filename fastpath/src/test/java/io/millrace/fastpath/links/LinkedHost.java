package io.millrace.fastpath.links;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** A stack with a port on each of several links, and its control plane, which knows the MACs of its neighbours. */
final class LinkedHost implements AutoCloseable {
    /** Few enough neighbours and frames that the bounds show. */
    private static final EngineSettings SETTINGS = new EngineSettings(64, 64, 1 << 24, 64, 1 << 18, 64, 4, 1_000);

    final StackEngine engine;
    final Control control;
    final GatePort[] gates;
    /** What its control plane was told. */
    final List<String> events = new ArrayList<>();
    private final PortGroup group;
    private final int number;
    private final int neighbour;
    private boolean silent;

    /**
     * @param neighbour number of the one host that is on each link.
     * @param sides     of the links; closed with this.
     */
    LinkedHost(final int number, final int neighbour, final List<PacketDevice> sides, final LongSupplier nowNs) {
        this.number = number;
        this.neighbour = neighbour;
        gates = new GatePort[sides.size()];
        Arrays.setAll(gates, link -> new GatePort(sides.get(link).queue(0), mac(link, number)));
        final List<PacketDevice> gated = new ArrayList<>();
        for (int link = 0; link < gates.length; link++) {
            final GatePort gate = gates[link];
            gated.add(new WrappedDevice(sides.get(link), port -> gate));
        }
        group = new PortGroup(gated);
        control = new Control(new LinkedRoutes(number, gates.length));
        engine = new StackEngine(number, SETTINGS, group.queue(0), control, nowNs::getAsLong);
    }

    /** Its routes, as it began. */
    LinkedRoutes routes() {
        return new LinkedRoutes(number, gates.length);
    }

    /** Its address on a link, as IPv4 in host order. */
    int address(final int link) {
        return LinkedRoutes.address(link, number);
    }

    private static long mac(final int link, final int number) {
        return 0x0200_0000_0000L | link << 8 | number;
    }

    /** Its MAC on a link. */
    long mac(final int link) {
        return mac(link, number);
    }

    /** While true no neighbour answers. */
    void silent(final boolean value) {
        silent = value;
    }

    /** What its control plane was told since the last question. */
    List<String> takeEvents() {
        final List<String> since = List.copyOf(events);
        events.clear();
        return since;
    }

    long counter(final Counter counter) {
        return engine.counters().get(counter);
    }

    /** The engine's thread, and the one of the control plane. */
    final class Control extends StandInControl {
        Control(final LinkedRoutes routes) {
            super(routes, new StandInIss(number * 1_000_000, 0), new StandInPorts(49_152, 65_535));
        }

        @Override
        public boolean hasDhcpClient() {
            return true;
        }

        @Override
        public void onNeighbourWanted(final int link, final long hi, final long lo) {
            events.add("wanted " + link + ' ' + IpAddress.toString(hi, lo));
            if (!silent) {
                engine.commands().neighbourResolved(link, hi, lo, mac(link, neighbour));
            }
        }

        @Override
        public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
                final int targetIp) {
            events.add("arp " + link);
        }

        /** Every frame of the neighbour has its MAC on that link. */
        private String from(final int link, final long linkSource) {
            return linkSource == mac(link, neighbour) ? "" : " from another MAC";
        }

        @Override
        public void onIgmp(final int link, final int source, final int destination, final long address,
                final int length) {
            events.add("igmp " + link);
        }

        @Override
        public void onDhcp(final int link, final int source, final int destination, final long linkSource,
                final long address, final int length) {
            events.add("dhcp " + link + from(link, linkSource));
        }

        @Override
        public void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
                final long destinationLo, final int hopLimit, final long linkSource, final long address,
                final int length) {
            events.add("icmpv6 " + link + from(link, linkSource));
        }
    }

    /** Fails where the engine has frames left of a link, beside those that wait for a port that is shut, or caught an exception. */
    @Override
    public void close() {
        engine.requestClose();
        final Throwable defect = control.defect();
        if (defect != null) {
            throw new AssertionError("exception in the engine", defect);
        }
        for (int link = 0; link < gates.length; link++) {
            if (gates[link].held() != 0) {
                throw new AssertionError("frames left of link " + link + ": " + gates[link].held());
            }
        }
        group.close();
    }
}
