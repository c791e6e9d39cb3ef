package io.millrace.fastpath.port;

import java.util.List;

/**
 * An opened packet device: a name and one {@link PacketPort} a queue. Thread: opened and closed by the control plane;
 * each queue belongs to one engine. {@link #close()} closes the queues too and comes after the engines have stopped.
 */
public interface PacketDevice extends AutoCloseable {
    /** What the device is, as a user would write it, e.g. {@code tap:mr0}. */
    String name();

    /** At least 1. */
    int queues();

    /** @param index 0 to {@link #queues()} - 1. */
    PacketPort queue(int index);

    /** Which queue a flow arrives by; the same object for the device's whole life. Thread: any. */
    default FlowPlacement placement() {
        return queues() == 1 ? FlowPlacement.ONE_QUEUE : FlowPlacement.UNKNOWN;
    }

    /** What showed while it was opened: it works, and could work better. Thread: any. */
    default List<PortFinding> findings() {
        return List.of();
    }

    @Override
    void close();
}
