package io.millrace.fastpath.port;

import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A queue of each device of a {@link PortGroup}. Each keeps the frames of its own: they are acquired for one link, and go
 * back to the port of the link that they came over. Thread: the engine's.
 */
final class GroupPort implements PacketPort {
    private final PacketPort[] ports;
    private int first;

    /** @param ports two or more, by link. */
    GroupPort(final PacketPort[] ports) {
        this.ports = ports;
    }

    @Override
    public PortCapabilities capabilities() {
        return ports[0].capabilities();
    }

    @Override
    public int links() {
        return ports.length;
    }

    @Override
    public PortCapabilities capabilities(final int link) {
        return ports[link].capabilities();
    }

    @Override
    public long acquire() {
        return acquire(0);
    }

    @Override
    public long acquire(final int link) {
        final long frame = ports[link].acquire();
        if (frame != 0) {
            Frame.link(frame, link);
        }
        return frame;
    }

    @Override
    public int frames() {
        int frames = 0;
        for (final PacketPort port : ports) {
            frames += port.frames();
        }
        return frames;
    }

    @Override
    public int frames(final int link) {
        return ports[link].frames();
    }

    @Override
    public void release(final long frame) {
        ports[Frame.link(frame)].release(frame);
    }

    /**
     * In turn another port is the first, and each has its share of the burst, so that none waits for another; what is left
     * of it is for those that had more. Where one fails, what others have brought in the same call is not lost.
     */
    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int start = first;
        first = start + 1 == ports.length ? 0 : start + 1;
        int received = 0;
        try {
            int more = 0;
            for (int i = 0; i < ports.length; i++) {
                final int link = (start + i) % ports.length;
                final int share = (limit - received) / (ports.length - i);
                final int count = receive(link, frames, offset + received, share, nowNs);
                received += count;
                more |= count == share ? 1 << link : 0;
            }
            for (; more != 0 && received < limit; more &= more - 1) {
                received += receive(Integer.numberOfTrailingZeros(more), frames, offset + received, limit - received,
                        nowNs);
            }
        } catch (final RuntimeException e) {
            if (received == 0) {
                throw e;
            }
        }
        return received;
    }

    private int receive(final int link, final long[] frames, final int offset, final int limit, final long nowNs) {
        final int count = limit == 0 ? 0 : ports[link].receive(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + count; i++) {
            Frame.link(frames[i], link);
        }
        return count;
    }

    /** What goes out takes no number of ours along: on the other side of a memory link it may be read. */
    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        if (length == 0) {
            return 0;
        }
        final int link = Frame.link(frames[offset]);
        for (int i = offset; i < offset + length; i++) {
            assert Frame.link(frames[i]) == link : "frames of several links at once";
            Frame.link(frames[i], 0);
        }
        int taken = 0;
        try {
            taken = ports[link].transmit(frames, offset, length, nowNs);
        } finally {
            // where the port fails, all of them are the caller's
            for (int i = offset + taken; i < offset + length; i++) {
                Frame.link(frames[i], link);
            }
        }
        return taken;
    }

    @Override
    public long nextDeadlineNs() {
        long deadlineNs = Long.MAX_VALUE;
        for (final PacketPort port : ports) {
            deadlineNs = Math.min(deadlineNs, port.nextDeadlineNs());
        }
        return deadlineNs;
    }

    @Override
    public int descriptors() {
        int descriptors = 0;
        for (final PacketPort port : ports) {
            descriptors += port.descriptors();
        }
        return descriptors;
    }

    /** Those of the first link, then those of the next. */
    @Override
    public int descriptor(final int index) {
        int left = index;
        for (final PacketPort port : ports) {
            if (left < port.descriptors()) {
                return port.descriptor(left);
            }
            left -= port.descriptors();
        }
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        for (final PacketPort port : ports) {
            port.sleeper(sleeper);
        }
    }

    @Override
    public boolean wakesSleeper() {
        for (final PacketPort port : ports) {
            if (!port.wakesSleeper()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean mayReceive() {
        for (final PacketPort port : ports) {
            if (port.mayReceive()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean prepareToBlock() {
        for (final PacketPort port : ports) {
            if (!port.prepareToBlock()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onWoken() {
        for (final PacketPort port : ports) {
            port.onWoken();
        }
    }

    @Override
    public long dropped() {
        long dropped = 0;
        for (final PacketPort port : ports) {
            dropped += port.dropped();
        }
        return dropped;
    }

    @Override
    public long synsDropped() {
        long dropped = 0;
        for (final PacketPort port : ports) {
            dropped += port.synsDropped();
        }
        return dropped;
    }

    @Override
    public long counted(final PortCount what) {
        long count = 0;
        for (final PacketPort port : ports) {
            count += port.counted(what);
        }
        return count;
    }

    @Override
    public void onLastTurn() {
        for (final PacketPort port : ports) {
            port.onLastTurn();
        }
    }

    @Override
    public void onDriverLeft() {
        for (final PacketPort port : ports) {
            port.onDriverLeft();
        }
    }

    /** As few as the port that can spare the fewest: all of them may be its own. */
    @Override
    public int lendableFrames() {
        int lendable = Integer.MAX_VALUE;
        for (final PacketPort port : ports) {
            lendable = Math.min(lendable, port.lendableFrames());
        }
        return lendable;
    }

    /** The memory of every port, or where one cannot keep it of none. */
    @Override
    public Runnable keepMemory() {
        final List<AutoCloseable> kept = new ArrayList<>(ports.length);
        try {
            for (final PacketPort port : ports) {
                kept.add(port.keepMemory()::run);
            }
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(kept);
            throw e;
        }
        return () -> CloseHelper.closeAll(kept);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(ports);
    }
}
