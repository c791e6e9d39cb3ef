package io.millrace.nativeports.pcap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.nativeports.linux.LinkAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;

/** A capture file that is replayed. Thread: opened and closed by the control plane; its queue belongs to one engine. */
final class PcapDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PcapDevice.class);
    private static final int ETHERNET_AND_VLAN = 14 + 4;

    private final String name;
    private final PcapSpec spec;
    private final PcapPort port;
    private boolean closed;

    private PcapDevice(final String name, final PcapSpec spec, final PcapPort port) {
        this.name = name;
        this.spec = spec;
        this.port = port;
    }

    /** @throws IOException one sentence: what was tried, what is wrong, what to do. */
    static PcapDevice open(final DeviceRequest request) throws IOException {
        final PcapSpec spec = PcapSpec.parse(request.argument());
        final String name = PcapDeviceProvider.SCHEME + ":" + request.argument();
        final Replay replay = Replay.read(spec);
        boolean done = false;
        try {
            final PcapDevice device = new PcapDevice(name, spec, port(name, request, spec, replay));
            done = true;
            device.sayWhatComes(replay);
            return device;
        } finally {
            if (!done) {
                replay.frames().close();
            }
        }
    }

    private static PcapPort port(final String name, final DeviceRequest request, final PcapSpec spec,
            final Replay replay) throws IOException {
        final Survey survey = replay.survey();
        final long mac = survey.mac() != 0 ? survey.mac() : LinkAddress.of(name);
        final PortCapabilities capabilities = new PortCapabilities(true, request.mtu(), mac, false, true, 0,
                Math.max(survey.longest(), request.mtu() + ETHERNET_AND_VLAN));
        final PcapngWriter output = output(name, spec);
        boolean done = false;
        try {
            final FramePool pool = new FramePool(name, request.frames(),
                    Frame.ETHERNET_OFFSET + capabilities.maxFrameLength());
            done = true;
            return new PcapPort(capabilities, pool, replay.frames(), output,
                    new Timeline(survey.firstTimeNs(), spec.afterNs(), spec.speed()), survey.unusable());
        } finally {
            if (!done) {
                output.close();
            }
        }
    }

    private static PcapngWriter output(final String name, final PcapSpec spec) throws IOException {
        try {
            return PcapngWriter.create(spec.output(), name, true, PcapngWriter.WHOLE_FRAMES);
        } catch (final IOException e) {
            throw new IOException("cannot record what " + name + " is sent in " + spec.output() + ": " + e, e);
        }
    }

    private void sayWhatComes(final Replay replay) {
        final Survey survey = replay.survey();
        LOGGER.info("{}: {} packets, of which {} come in and {} were cut or are too long; the stack has the address {}",
                name, survey.packets(), replay.frames().frames(), survey.unusable(),
                LinkAddress.toString(port.capabilities().macAddress()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public PacketPort queue(final int index) {
        if (index != 0) {
            throw new IndexOutOfBoundsException(index);
        }
        return port;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            port.close();
            LOGGER.info("{}: {} frames came in; what was sent is in {}{}", name, port.replayed(), spec.output(),
                    port.outputErrors() == 0 ? "" : ", but not all of it: it could not be written");
        }
    }
}
