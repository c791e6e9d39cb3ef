package io.millrace.control.lifecycle;

import io.millrace.fastpath.port.CapturePort;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PcapngWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A device whose frames are written to pcapng files: the first queue's to the file named, the others' to files of that
 * name with a number. Thread: as {@link PacketDevice} says.
 */
public final class CapturedDevice implements PacketDevice {
    private final PacketDevice device;
    private final CapturePort[] ports;

    /**
     * Wraps a device, which is closed with this one, and also where this fails.
     *
     * @throws IOException naming the file that cannot be written.
     */
    public CapturedDevice(final PacketDevice device, final Path file, final NanoClock clock) throws IOException {
        this.device = device;
        ports = new CapturePort[device.queues()];
        try {
            for (int i = 0; i < ports.length; i++) {
                ports[i] = capture(device.name(), device.queue(i), i == 0 ? file : Path.of(file + "." + i), clock);
            }
        } catch (final IOException e) {
            CloseHelper.quietCloseAll(ports);
            CloseHelper.quietClose(device);
            throw new IOException("cannot capture to " + e.getMessage(), e);
        }
    }

    private static CapturePort capture(final String name, final PacketPort port, final Path file, final NanoClock clock)
            throws IOException {
        final PcapngWriter writer = PcapngWriter.create(file, name, port.capabilities().linkLayer(),
                PcapngWriter.WHOLE_FRAMES);
        return new CapturePort(port, writer, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
                clock.nanoTime());
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int queues() {
        return ports.length;
    }

    @Override
    public PacketPort queue(final int index) {
        return ports[index];
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(ports);
        device.close();
    }
}
