package io.millrace.fastpath.tcp.congestion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A path with one bottleneck in virtual time: a queue of bounded length that is served at a rate, a propagation delay,
 * losses at random. A {@link ModelSender} sends over it, or several. Everything follows from the arguments and the seed.
 */
final class BottleneckModel implements AutoCloseable {
    private static final double NS_PER_SECOND = 1e9;

    private record Event(long timeNs, long order, Runnable action) {}

    private final PriorityQueue<Event> events = new PriorityQueue<>(
            Comparator.comparingLong(Event::timeNs).thenComparingLong(Event::order));
    private final ArrayDeque<ModelSender.Packet> queue = new ArrayDeque<>();
    private final Random random = new Random(1);
    private final int bufferBytes;
    private final List<ModelSender> senders = new ArrayList<>();
    int connections;
    private long bytesPerSecond;
    private long rttNs;
    private double loss;
    private long order;
    private long nowNs = 1_000_000_000;
    private int queuedBytes;
    private int maxQueuedBytes;
    private double queuedByteSeconds;
    private long queueChangedNs = nowNs;
    private long drops;

    BottleneckModel(final String control, final long bytesPerSecond, final long rttNs, final int bufferBytes) {
        this.bytesPerSecond = bytesPerSecond;
        this.rttNs = rttNs;
        this.bufferBytes = bufferBytes;
        join(control);
    }

    /** One more begins to send. */
    ModelSender join(final String control) {
        final ModelSender sender = new ModelSender(this, CongestionControls.at(CongestionControls.number(control)));
        senders.add(sender);
        return sender;
    }

    ModelSender sender() {
        return senders.getFirst();
    }

    private long delivered() {
        return senders.stream().mapToLong(ModelSender::delivered).sum();
    }

    long nowNs() {
        return nowNs;
    }

    void rate(final long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    void roundTrip(final long newRttNs) {
        rttNs = newRttNs;
    }

    /** From now on a part of the packets is lost before the queue. */
    void loss(final double part) {
        loss = part;
    }

    int bdp() {
        return (int) (bytesPerSecond * rttNs / NS_PER_SECOND);
    }

    void at(final long timeNs, final Runnable action) {
        events.add(new Event(timeNs, order++, action));
    }

    /** Lets time pass; answers the bytes delivered, as a part of what the bottleneck could. */
    double run(final double seconds) {
        final long endNs = nowNs + (long) (seconds * NS_PER_SECOND);
        final long before = delivered();
        maxQueuedBytes = queuedBytes;
        queuedByteSeconds = 0;
        queueChangedNs = nowNs;
        senders.forEach(ModelSender::transmit);
        while (!events.isEmpty() && events.peek().timeNs() <= endNs) {
            final Event event = events.poll();
            nowNs = event.timeNs();
            event.action().run();
        }
        nowNs = endNs;
        return (delivered() - before) / (seconds * bytesPerSecond);
    }

    /** The longest queue of the last {@link #run}. */
    int maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /** The mean queue of the last run of so many seconds. */
    double meanQueuedBytes(final double seconds) {
        return queuedByteSeconds / seconds;
    }

    long drops() {
        return drops;
    }

    /** A packet comes to the bottleneck. */
    void arrive(final ModelSender.Packet packet) {
        if (random.nextDouble() < loss || queuedBytes + packet.bytes() > bufferBytes + packet.bytes()) {
            drops++;
            return;
        }
        queue.add(packet);
        queued(packet.bytes());
        if (queue.size() == 1) {
            serve();
        }
    }

    private void queued(final int change) {
        queuedByteSeconds += queuedBytes * (double) (nowNs - queueChangedNs) / NS_PER_SECOND;
        queueChangedNs = nowNs;
        queuedBytes += change;
        maxQueuedBytes = Math.max(maxQueuedBytes, queuedBytes);
    }

    private void serve() {
        final long serviceNs = (long) (queue.element().bytes() * NS_PER_SECOND / bytesPerSecond);
        at(nowNs + serviceNs, () -> {
            final ModelSender.Packet packet = queue.remove();
            queued(-packet.bytes());
            at(nowNs + rttNs, () -> packet.sender.onAck(packet));
            if (!queue.isEmpty()) {
                serve();
            }
        });
    }

    @Override
    public void close() {
        senders.forEach(ModelSender::close);
    }
}
