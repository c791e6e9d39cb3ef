package io.millrace.fastpath.links;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Two stacks that are joined by several links at once, in virtual time. Thread: the test's. */
final class LinkedHosts implements AutoCloseable {
    private static final long TURN_NS = 1_000;
    private static final int MAX_TURNS = 3_000_000;

    final LinkedHost left;
    final LinkedHost right;
    final MemoryRegion scratch = MemoryRegion.allocate("linked hosts", 1 << 17);
    private final List<MemoryLink> links = new ArrayList<>();
    private long nowNs = 1_000_000_000L;

    /** The hosts' addresses end in 1 and 2. */
    LinkedHosts(final MemoryLink.Builder... kinds) {
        final List<PacketDevice> leftSides = new ArrayList<>();
        final List<PacketDevice> rightSides = new ArrayList<>();
        for (final MemoryLink.Builder kind : kinds) {
            final MemoryLink link = kind.build();
            leftSides.add(link.side(0));
            rightSides.add(link.side(1));
            links.add(link);
        }
        left = new LinkedHost(1, 2, leftSides, () -> nowNs);
        right = new LinkedHost(2, 1, rightSides, () -> nowNs);
    }

    static MemoryLink.Builder link(final int mtu) {
        return MemoryLink.builder().mtu(mtu).framesPerSide(512).queueLength(256);
    }

    long nowNs() {
        return nowNs;
    }

    /** One turn of both; where there is nothing to do until a timer is due, time passes until then. */
    private void turn() {
        if (left.engine.doWork() + right.engine.doWork() > 0 || nextNs() <= nowNs) {
            nowNs += TURN_NS;
        } else if (nextNs() != Long.MAX_VALUE) {
            nowNs = nextNs();
        }
    }

    private long nextNs() {
        return Math.min(left.engine.nextDeadlineNs(), right.engine.nextDeadlineNs());
    }

    /** Runs both until something is so; fails where it never is. */
    void until(final BooleanSupplier something) {
        for (int turns = 0; !something.getAsBoolean(); turns++) {
            if (turns == MAX_TURNS) {
                throw new AssertionError("never so");
            }
            turn();
        }
    }

    /** So many turns of both. */
    void turns(final int count) {
        for (int i = 0; i < count; i++) {
            left.engine.doWork();
            right.engine.doWork();
            nowNs += TURN_NS;
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
        links.forEach(MemoryLink::close);
        scratch.close();
    }
}
