package io.millrace.bench.wire;

import io.millrace.bench.machine.Namespace;
import io.millrace.bench.wire.Host.Flow;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.wire.Wire;
import io.millrace.wire.WireThread;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Two flows at once, one of the kernel and one of Millrace, share the bottleneck of one wire; as a control, two of the
 * kernel. The senders stand behind a Linux bridge in the left namespace: the kernel by the bridge's own address, Millrace
 * by a TAP. The kernel receives both. Thread: one, which sleeps.
 */
public final class Fairness {
    private static final String BRIDGE = "br0";
    private static final String STACK_TAP = "stack";
    private static final int SECOND_PORT = Host.PORT + 1;

    private final WireSettings settings;

    /** @param settings of which the duration should be half a minute. */
    public Fairness(final WireSettings settings) {
        this.settings = settings;
    }

    /**
     * How a link was shared. In a control what is called Millrace's is the kernel's other flow.
     *
     * @param kernelBits         goodput of the kernel's flow, bit/s.
     * @param millraceBits       goodput of Millrace's flow, bit/s.
     * @param kernelIntervals    bytes in each {@link Meter#INTERVAL_NS}.
     * @param millraceIntervals  bytes in each {@link Meter#INTERVAL_NS}.
     * @param kernelRetransmissions   segments sent again.
     * @param millraceRetransmissions segments sent again.
     */
    public record Shares(double kernelBits, double millraceBits, long[] kernelIntervals, long[] millraceIntervals,
            long kernelRetransmissions, long millraceRetransmissions) {
        /** Millrace's part of the sum, 0 to 1. */
        public double millraceShare() {
            return millraceBits / (kernelBits + millraceBits);
        }
    }

    /** Runs it; in even rounds the kernel's flow starts first, in odd ones Millrace's, by less than a round trip. */
    public Shares run(final Cell cell, final int round) throws IOException, InterruptedException {
        final long rightMac = Addresses.mac(Addresses.RIGHT);
        try (KernelPort leftPort = new KernelPort(Addresses.mac(Addresses.LEFT), "", settings);
                KernelPort rightPort = new KernelPort(rightMac, Addresses.cidr(Addresses.RIGHT), settings)) {
            final PacketDevice tap = bridge(leftPort, rightMac);
            try (KernelHost receiver = new KernelHost(rightPort, Addresses.RIGHT, settings.kernelCongestion());
                    KernelHost kernel = new KernelHost(leftPort, Addresses.LEFT, settings.kernelCongestion());
                    Host millrace = MillraceHost.on(tap, tap, Addresses.SECOND, Addresses.RIGHT, rightMac,
                            settings)) {
                rightPort.neighbour(KernelPort.TAP, Addresses.LEFT, Addresses.mac(Addresses.LEFT));
                rightPort.neighbour(KernelPort.TAP, Addresses.SECOND, tap.queue(0).capabilities().macAddress());
                return share(cell, round, receiver, kernel, millrace);
            }
        }
    }

    /** The same with two flows of the kernel: what 30 s of this link leave to chance. */
    public Shares runControl(final Cell cell, final int round) throws IOException, InterruptedException {
        final long rightMac = Addresses.mac(Addresses.RIGHT);
        try (KernelPort leftPort = new KernelPort(Addresses.mac(Addresses.LEFT), "", settings);
                KernelPort rightPort = new KernelPort(rightMac, Addresses.cidr(Addresses.RIGHT), settings)) {
            bridge(leftPort, rightMac).close();
            try (KernelHost receiver = new KernelHost(rightPort, Addresses.RIGHT, settings.kernelCongestion());
                    KernelHost kernel = new KernelHost(leftPort, Addresses.LEFT, settings.kernelCongestion())) {
                rightPort.neighbour(KernelPort.TAP, Addresses.LEFT, Addresses.mac(Addresses.LEFT));
                return share(cell, round, receiver, kernel, kernel);
            }
        }
    }

    private Shares share(final Cell cell, final int round, final KernelHost receiver, final KernelHost kernel,
            final Host other) throws IOException, InterruptedException {
        final Faults faults = cell.faults(settings);
        final Meter kernelMeter = new Meter(settings.durationNs());
        final Meter millraceMeter = new Meter(settings.durationNs());
        receiver.receive(Host.PORT, kernelMeter);
        receiver.receive(SECOND_PORT, millraceMeter);
        final Wire wire = new Wire(kernel.port(), receiver.port(), faults, faults, settings.seed() + round);
        try (WireThread driver = WireThread.start(wire);
                Flow kernelFlow = kernel.connect(Addresses.RIGHT, Host.PORT);
                Flow millraceFlow = other.connect(Addresses.RIGHT, SECOND_PORT)) {
            kernelMeter.start();
            millraceMeter.start();
            final Flow[] order = {kernelFlow, millraceFlow};
            order[round & 1].start();
            order[1 - (round & 1)].start();
            TimeUnit.NANOSECONDS.sleep(settings.durationNs());
            final Meter.Reading ofKernel = kernelMeter.end();
            final Meter.Reading ofMillrace = millraceMeter.end();
            kernelFlow.stop();
            millraceFlow.stop();
            if (driver.wire().leftToRight().notForwarded() > 0) {
                System.err.println("the wire had no room for " + driver.wire().leftToRight());
            }
            return new Shares(ofKernel.bitsPerSecond(), ofMillrace.bitsPerSecond(), ofKernel.intervals(),
                    ofMillrace.intervals(), kernelFlow.retransmissions(), millraceFlow.retransmissions());
        }
    }

    /** Joins the wire's TAP and one for Millrace; the kernel's own address is the bridge's. */
    private PacketDevice bridge(final KernelPort port, final long rightMac) throws IOException {
        final Namespace namespace = port.handle();
        final PacketDevice tap = KernelPort.open(namespace, STACK_TAP, settings.mtu());
        try {
            final String mac = KernelPort.macText(Addresses.mac(Addresses.LEFT));
            namespace.exec("ip", "link", "add", BRIDGE, "address", mac, "type", "bridge", "mcast_snooping", "0");
            namespace.exec("ip", "link", "set", KernelPort.TAP, "address", KernelPort.macText(Addresses.mac(0)));
            namespace.exec("ip", "link", "set", KernelPort.TAP, "master", BRIDGE);
            namespace.exec("ip", "link", "set", STACK_TAP, "master", BRIDGE, "up");
            namespace.exec("ip", "link", "set", BRIDGE, "up");
            namespace.exec("ip", "address", "add", Addresses.cidr(Addresses.LEFT), "dev", BRIDGE);
            port.neighbour(BRIDGE, Addresses.RIGHT, rightMac);
            return tap;
        } catch (final IOException e) {
            tap.close();
            throw e;
        }
    }
}
