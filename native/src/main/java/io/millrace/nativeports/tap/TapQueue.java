package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.LinuxCalls;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has of a device. Thread: the engine's, but for opening.
 *
 * @param fd       the queue's descriptor, non-blocking.
 * @param syns     the queues of SYNs beside it; null where these come with everything else.
 * @param steering what places flows where there are none; null where nothing does.
 */
record TapQueue(int fd, @Nullable SynQueues syns, @Nullable SynSteering steering) implements AutoCloseable {
    /** Nothing beside it. */
    TapQueue(final int fd) {
        this(fd, null, null);
    }

    @Override
    public void close() {
        if (steering != null) {
            steering.removeFrom(fd);
        }
        CloseHelper.closeAll(syns, steering);
        new LinuxCalls().close(fd);
    }
}
