package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.SysFiles;
import io.millrace.nativeports.threads.EngineCpus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** Opens the queues for bulk transfers of a device: those of unknown peers' SYNs, which nothing else is written to. Thread: one. */
final class BulkQueues {
    private BulkQueues() {}

    /**
     * In the namespace of the calling thread.
     *
     * @param plain all queues of a device, in the order of their engines, each with queues for SYNs.
     * @return the same with queues for bulk transfers.
     * @throws IOException where the kernel cannot do this, or lets this process not: one clause. Those given stay open.
     */
    static List<TapQueue> beside(final List<TapQueue> plain, final String interfaceName) throws IOException {
        final List<BulkQueue> made = new ArrayList<>();
        final List<TapQueue> all = new ArrayList<>();
        boolean done = false;
        try (SysFiles files = new SysFiles()) {
            final EngineCpus engines = EngineCpus.of(plain.size());
            for (int i = 0; i < plain.size(); i++) {
                final SynQueue queue = plain.get(i).syns().unknown();
                made.add(new BulkQueue(queue.descriptor(), steering(files, engines, interfaceName, queue.index()),
                        engines, i));
                all.add(plain.get(i).with(made.getLast()));
            }
            done = true;
            return all;
        } finally {
            if (!done) {
                CloseHelper.quietCloseAll(made);
            }
        }
    }

    private static ReceiveSteering steering(final SysFiles files, final EngineCpus engines,
            final String interfaceName, final int queue) throws IOException {
        final int fd = files.openForWriting("class/net/" + interfaceName + "/queues/rx-" + queue + "/rps_cpus");
        ReceiveSteering steering = null;
        boolean done = false;
        try {
            steering = new ReceiveSteering(engines, fd, TunKind.TAP.scheme() + ':' + interfaceName);
            steering.check();
            done = true;
            return steering;
        } finally {
            if (!done && steering != null) {
                CloseHelper.quietClose(steering);
            } else if (!done) {
                new LinuxCalls().close(fd);
            }
        }
    }
}
