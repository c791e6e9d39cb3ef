package io.millrace.nativeports;

import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.tap.PacketSocket;
import org.jspecify.annotations.Nullable;

/** The port of a device with one queue, to which a packet socket plays the far end. */
public final class DeviceUnderTest implements PortUnderTest {
    /** What to ask of the device. */
    public static final int FRAMES = 32;
    /** For experiments (IEEE Std 802): a kernel leaves it alone. */
    public static final int ETHERTYPE = 0x88B5;

    private final PacketDevice device;
    private final PacketSocket farEnd;
    private final Runnable afterwards;
    private boolean closed;

    /** @param afterwards run once, when device and socket are closed. */
    public DeviceUnderTest(final PacketDevice device, final PacketSocket farEnd, final Runnable afterwards) {
        this.device = device;
        this.farEnd = farEnd;
        this.afterwards = afterwards;
    }

    @Override
    public PacketPort port() {
        return device.queue(0);
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public void inject(final byte[] frame) {
        farEnd.send(frame);
    }

    @Override
    public byte @Nullable [] emitted() {
        return farEnd.receive();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.queue(0).close();
            device.close();
            device.close();
            farEnd.close();
            afterwards.run();
        }
    }
}
