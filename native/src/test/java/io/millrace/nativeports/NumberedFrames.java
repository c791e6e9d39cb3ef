package io.millrace.nativeports;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames that say which they are, so that their order shows. */
public final class NumberedFrames {
    private static final int NUMBER = 14;

    private NumberedFrames() {}

    /** Of random bytes that follow from its number, from and to local stations. */
    public static byte[] of(final int length, final int number) {
        final byte[] frame = new byte[length];
        new Random(number).nextBytes(frame);
        frame[0] = 2;
        frame[6] = 2;
        put(frame, 12, DeviceUnderTest.ETHERTYPE);
        put(frame, NUMBER, number);
        return frame;
    }

    private static void put(final byte[] frame, final int at, final int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    /** Its number, its length, and all its bytes. */
    public static String described(final byte[] frame) {
        final int number = (frame[NUMBER] & 0xFF) << 8 | frame[NUMBER + 1] & 0xFF;
        return "frame " + number + " of " + frame.length + " bytes, " + Arrays.hashCode(frame);
    }

    /** The same of one that came in, and where its checksum is to be completed. */
    public static String described(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return described(bytes) + ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0
                ? ""
                : ", checksum at " + Frame.checksumStart(frame) + "+" + Frame.checksumOffset(frame));
    }

    /** Until nothing comes in so many turns; what came is given back. */
    public static List<String> receiveAll(final PacketPort port, final int idle, final long nowNs) {
        final List<String> all = new ArrayList<>();
        for (int empty = 0; empty < idle;) {
            final List<String> some = receive(port, DeviceUnderTest.FRAMES, nowNs);
            all.addAll(some);
            empty = some.isEmpty() ? empty + 1 : 0;
        }
        return all;
    }

    /** What comes in one turn; it is given back. */
    public static List<String> receive(final PacketPort port, final int limit, final long nowNs) {
        final long[] frames = new long[limit];
        final int count = port.receive(frames, 0, limit, nowNs);
        final List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertThat(Frame.gsoSize(frames[i])).isZero();
            all.add(described(frames[i]));
            port.release(frames[i]);
        }
        return all;
    }
}
