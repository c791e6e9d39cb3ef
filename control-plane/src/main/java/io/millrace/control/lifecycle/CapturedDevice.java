package io.millrace.control.lifecycle;

import io.millrace.fastpath.port.CapturePort;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.port.WrappedDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A device whose frames are all written to a file in pcapng format. A queue belongs to one thread, so each has a file of
 * its own: {@code x.pcapng}, {@code x-1.pcapng}, {@code x-2.pcapng}. Thread: as {@link PacketDevice} says.
 */
public final class CapturedDevice extends WrappedDevice {
    private CapturedDevice(final PacketDevice device, final CapturePort[] queues) {
        super(device.name(), device, queues);
    }

    /**
     * Wraps a device.
     *
     * @param device closed with this one, and also where this fails.
     * @param file   made or emptied.
     * @param clock  the engines' clock.
     * @throws IOException naming the file that cannot be written.
     */
    public static CapturedDevice open(final PacketDevice device, final Path file, final NanoClock clock)
            throws IOException {
        final CapturePort[] queues = new CapturePort[device.queues()];
        try {
            for (int i = 0; i < queues.length; i++) {
                queues[i] = capture(device, i, fileOf(file, i), clock);
            }
            return new CapturedDevice(device, queues);
        } catch (final IOException | RuntimeException | Error e) {
            CloseHelper.quietCloseAll(queues);
            CloseHelper.quietClose(device);
            throw e;
        }
    }

    private static CapturePort capture(final PacketDevice device, final int queue, final Path file,
            final NanoClock clock) throws IOException {
        final PacketPort port = device.queue(queue);
        final PcapngWriter writer;
        try {
            writer = PcapngWriter.create(file, device.name(), port.capabilities().linkLayer(),
                    PcapngWriter.WHOLE_FRAMES);
        } catch (final IOException e) {
            throw new IOException("cannot write the capture file " + file + ": " + e.getMessage(), e);
        }
        final long epochNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        return new CapturePort(port, writer, epochNs, clock.nanoTime());
    }

    private static Path fileOf(final Path file, final int queue) {
        if (queue == 0) {
            return file;
        }
        final String name = file.getFileName().toString();
        final int dot = name.lastIndexOf('.');
        final int end = dot > 0 ? dot : name.length();
        return file.resolveSibling(name.substring(0, end) + '-' + queue + name.substring(end));
    }
}
