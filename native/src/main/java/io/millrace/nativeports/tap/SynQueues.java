package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.util.Arrays;
import org.agrona.CloseHelper;

/** The queues for SYNs beside the ordinary one of a TAP. Thread: the engine's, but for opening. */
final class SynQueues implements AutoCloseable {
    /** How many queues. */
    static final int COUNT = 2;

    private final SynSteering steering;
    private final int ordinary;
    private final SynQueue unknown;
    private final SynQueue known;

    private SynQueues(final SynSteering steering, final int ordinary, final SynQueue unknown, final SynQueue known) {
        this.steering = steering;
        this.ordinary = ordinary;
        this.unknown = unknown;
        this.known = known;
    }

    /**
     * Opens two more queues of a device that has one, and has SYNs go there.
     *
     * @param queues   of the device.
     * @param ordinary descriptor of the one.
     * @param length   how many frames the kernel keeps in each.
     * @throws IOException where the kernel cannot do this, or lets this process not: one clause.
     */
    static SynQueues open(final TapQueues queues, final int ordinary, final int length) throws IOException {
        return open(queues, new SynSteering(), length, ordinary)[0];
    }

    /**
     * The same for several engines.
     *
     * @param steering of which each of the answers is a user; closed where this fails.
     * @param ordinary descriptor of each engine's queue: the first queues of the device, in their order.
     */
    static SynQueues[] open(final TapQueues queues, final SynSteering steering, final int length,
            final int... ordinary) throws IOException {
        final SynQueue[] opened = new SynQueue[COUNT * ordinary.length];
        boolean done = false;
        try {
            // the device numbers its queues in the order in which they are opened
            for (int i = 0; i < opened.length; i++) {
                final int index = ordinary.length + i;
                final int fd = i < ordinary.length ? queues.openOneOfSeveral() : queues.openPolledOneOfSeveral();
                opened[i] = new SynQueue(steering, index, fd, length);
            }
            steering.installOn(ordinary[0]);
            steering.shareAmong(ordinary.length);
            done = true;
        } finally {
            if (!done) {
                CloseHelper.quietCloseAll(opened);
                CloseHelper.quietClose(steering);
            }
        }
        final SynQueues[] all = new SynQueues[ordinary.length];
        Arrays.setAll(all, i -> new SynQueues(steering, ordinary[i], opened[i], opened[ordinary.length + i]));
        return all;
    }

    /** SYNs from addresses that nothing is known of. */
    SynQueue unknown() {
        return unknown;
    }

    /** SYNs from addresses that have had a connection. */
    SynQueue known() {
        return known;
    }

    /** @param index 0 to {@link #COUNT} - 1. */
    int descriptor(final int index) {
        return (index == 0 ? known : unknown).descriptor();
    }

    /** One whose writes make the kernel look after what else waits for this processor. */
    int polled() {
        return known.descriptor();
    }

    /** Whatever was found when somebody looked before. */
    void lookAgain() {
        known.lookAgain();
        unknown.lookAgain();
    }

    /** Who has had one. */
    KnownPeers peers() {
        return steering.peers();
    }

    /** SYNs that found no room: at least so many. */
    long lost() {
        return unknown.lost() + known.lost();
    }

    /** Before the ordinary queue is closed. */
    @Override
    public void close() {
        steering.removeFrom(ordinary);
        // the last first: the kernel gives a queue that is closed the number of the last one
        known.close();
        unknown.close();
        steering.close();
    }
}
