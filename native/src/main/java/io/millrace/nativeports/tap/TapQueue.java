package io.millrace.nativeports.tap;

import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.linux.LinuxCalls;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has of a device. Thread: the engine's, but for opening.
 *
 * @param fd       the queue's descriptor, non-blocking.
 * @param syns     the queues of SYNs beside it; null where these come with everything else.
 * @param ring     what a program receives beside it; null where everything comes by the queue.
 * @param steering what places flows where there are none; null where nothing does.
 * @param bulk     by which frames of bulk transfers are sent; null where all are alike.
 */
record TapQueue(int fd, @Nullable BypassRing ring, @Nullable SynQueues syns, @Nullable SynSteering steering,
        @Nullable BulkQueue bulk) implements AutoCloseable {
    /** Nothing beside it. */
    TapQueue(final int fd) {
        this(fd, null, null, null, null);
    }

    /** The same with a ring. */
    TapQueue with(final BypassRing its) {
        return new TapQueue(fd, its, syns, steering, bulk);
    }

    /** The same with a queue for bulk transfers. */
    TapQueue with(final BulkQueue its) {
        return new TapQueue(fd, ring, syns, steering, its);
    }

    @Override
    public void close() {
        if (steering != null) {
            steering.removeFrom(fd);
        }
        CloseHelper.closeAll(ring, bulk, syns, steering);
        new LinuxCalls().close(fd);
    }
}
