package io.millrace.nativeports.linux;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/** Says once, not with every frame, that the interface cannot be used, and that it can again. Thread: the engine's. */
public final class InterfaceWatch {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(InterfaceWatch.class);

    private final String device;
    /** What the system says since the last success, 0: nothing. */
    private int failure;

    public InterfaceWatch(final String device) {
        this.device = device;
    }

    /** @return true where it is not the same failure as before. */
    public boolean onFailure(final int errno) {
        if (errno == failure) {
            return false;
        }
        failure = errno;
        LOGGER.warn("{}: {}", device, switch (errno) {
            case Errno.ENETDOWN -> "the interface is down or was removed; frames are dropped until it is up";
            // what a TAP says to a write
            case Errno.EIO -> "the interface is down; frames are dropped until it is up";
            case Errno.ENXIO, Errno.ENODEV, Errno.EBADFD ->
                "the interface is gone; a new one of its name needs a new start";
            default -> "the interface refuses frames: " + Errno.describe(errno);
        });
        return true;
    }

    /** A frame has passed. */
    public void onSuccess() {
        if (failure != 0) {
            failure = 0;
            LOGGER.info("{}: frames pass again", device);
        }
    }
}
