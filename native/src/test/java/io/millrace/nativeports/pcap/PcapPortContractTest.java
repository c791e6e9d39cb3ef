package io.millrace.nativeports.pcap;

import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.port.PortUnderTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Over a recording that grows while it is replayed, and an output that is read while it is written. */
class PcapPortContractTest extends PacketPortContract {
    private static final int FRAMES = 32;

    @Override
    protected PortUnderTest open() {
        return new PcapUnderTest();
    }

    private static final class PcapUnderTest implements PortUnderTest {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final Recording recording = new Recording(1 << 20);
        private final PcapngWriter output = new PcapngWriter(Channels.newChannel(sent), "test", true,
                PcapngWriter.WHOLE_FRAMES);
        private final PcapPort port = new PcapPort(
                new PortCapabilities(true, 1_500, 0x02_00_00_00_00_07L, false, true, 0, 1_518),
                new FramePool("test", FRAMES, 2_048), recording, output, new Timeline(0, 0, 1), 0);
        private int read;
        private boolean closed;

        @Override
        public PacketPort port() {
            return port;
        }

        @Override
        public int frames() {
            return FRAMES;
        }

        @Override
        public void inject(final byte[] frame) {
            recording.add(frame, frame.length, 0, false);
        }

        @Override
        public byte @Nullable [] emitted() {
            output.flush();
            final ByteBuffer file = ByteBuffer.wrap(sent.toByteArray());
            final List<CapturedPacket> packets;
            try {
                packets = Captures.read(file);
            } catch (final MalformedCaptureException e) {
                throw new AssertionError(e);
            }
            if (read == packets.size()) {
                return null;
            }
            final byte[] bytes = new byte[packets.get(read).length()];
            file.get(packets.get(read++).position(), bytes);
            return bytes;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                port.close();
                port.close();
            }
        }
    }
}
