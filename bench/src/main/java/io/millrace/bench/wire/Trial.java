package io.millrace.bench.wire;

import io.millrace.bench.wire.Host.Flow;
import io.millrace.fastpath.port.Faults;
import io.millrace.wire.Wire;
import io.millrace.wire.WireReport;
import io.millrace.wire.WireThread;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * One transfer between hosts that are made for it, over a wire that is made for it: nothing is remembered from one to
 * the next. The time counts from the open connection on, slow start included; the handshake is left out, since a lost
 * SYN costs every TCP the same second. Thread: one, which sleeps.
 */
public final class Trial {
    private final WireSettings settings;

    public Trial(final WireSettings settings) {
        this.settings = settings;
    }

    /**
     * Runs it.
     *
     * @param round 0 and on; it changes the seed.
     */
    public Sample run(final Contender contender, final Cell cell, final int round)
            throws IOException, InterruptedException {
        final Faults faults = cell.faults(settings);
        final long durationNs = settings.durationNs(cell.rttMs());
        try (Host sender = sender(contender); Host receiver = receiver(contender)) {
            final Meter meter = new Meter(durationNs);
            receiver.receive(Host.PORT, meter);
            final Wire wire = new Wire(sender.port(), receiver.port(), faults, faults, settings.seed() + round);
            try (WireThread driver = WireThread.start(wire);
                    Flow flow = sender.connect(receiver.address(), Host.PORT)) {
                meter.start();
                flow.start();
                TimeUnit.NANOSECONDS.sleep(durationNs);
                final Meter.Reading reading = meter.end();
                flow.stop();
                return sample(durationNs, reading, flow, driver);
            }
        }
    }

    private static Sample sample(final long durationNs, final Meter.Reading reading, final Flow flow,
            final WireThread driver) {
        final Wire wire = driver.wire();
        final WireReport data = wire.leftToRight();
        return new Sample(durationNs, reading.bitsPerSecond(), flow.retransmissions(), reading.longestSilenceNs(),
                data.frames(),
                data.faults().lost(), data.faults().overflowed(),
                data.notForwarded() + wire.rightToLeft().notForwarded(), driver.awayNs());
    }

    private Host sender(final Contender contender) throws IOException {
        return contender.millraceSends()
                ? MillraceHost.behindMemoryLink(0, Addresses.LEFT, Addresses.RIGHT,
                        contender.millraceReceives() ? MillraceHost.macOfSide(1) : Addresses.mac(Addresses.RIGHT),
                        settings)
                : kernel(Addresses.LEFT, Addresses.RIGHT,
                        contender.millraceReceives() ? MillraceHost.macOfSide(1) : Addresses.mac(Addresses.RIGHT));
    }

    private Host receiver(final Contender contender) throws IOException {
        return contender.millraceReceives()
                ? MillraceHost.behindMemoryLink(1, Addresses.RIGHT, Addresses.LEFT,
                        contender.millraceSends() ? MillraceHost.macOfSide(0) : Addresses.mac(Addresses.LEFT), settings)
                : kernel(Addresses.RIGHT, Addresses.LEFT,
                        contender.millraceSends() ? MillraceHost.macOfSide(0) : Addresses.mac(Addresses.LEFT));
    }

    private Host kernel(final int address, final int peer, final long peerMac) throws IOException {
        final KernelPort port = new KernelPort(Addresses.mac(address), Addresses.cidr(address), settings);
        try {
            port.neighbour(KernelPort.TAP, peer, peerMac);
            return new KernelHost(port, address, settings.kernelCongestion());
        } catch (final IOException e) {
            port.close();
            throw e;
        }
    }
}
