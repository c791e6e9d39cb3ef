package io.millrace.fastpath.timer;

import io.millrace.fastpath.memory.Memory;

/**
 * A hierarchical timer wheel (Varghese and Lauck, 1987, scheme 7), intrusive and off heap: a timer is 24 bytes in its
 * owner's record ({@link TimerNodes}), starting and cancelling it costs O(1).
 * <p>
 * Level 0 has a slot for each of the next 4,096 ticks, level 1 one for each 4,096 of those, and so on for 5 levels. A
 * timer of a few seconds, as TCP's mostly are, lies on level 0 from the start; one further ahead moves down when the
 * slot that it lies in begins. {@link #poll} goes from one slot that is not empty to the next, never tick by tick, so
 * after a stall of any length it does work for timers, not for the time that has passed. While nothing is due it costs
 * one comparison.
 * <p>
 * Moving an armed timer to a later deadline, which TCP does on each acknowledgement, only stores the deadline; the timer
 * is filed anew when its old slot comes due. One that is stopped only to be started again, once for each message of a
 * conversation, is {@linkplain #park parked}: it stays in its slot meanwhile.
 * <p>
 * A timer fires never before its deadline and, where the wheel is polled in time, less than one tick after it. Times
 * are nanoseconds of any monotonic clock; they may be negative.
 * <p>
 * Thread: one, the engine's; no allocation on the heap after construction.
 */
public final class TimerWheel implements AutoCloseable {
    /** Bytes a timer, see {@link TimerNodes}. */
    public static final int NODE_LENGTH = TimerNodes.NODE_LENGTH;

    private static final int DEADLINE_OFFSET = 0;
    /** The tick when the timer's slot comes due, + 1, negative where the timer is parked; 0 where it is in no slot. */
    private static final int FILED_OFFSET = 16;

    /** Parked timers that a look at the next deadline takes out at the most: with more of them somebody may come in vain. */
    private static final int MOST_DROPPED = 64;

    private static final int NONE = -1;
    private static final long NOT_POLLING = -1;

    private final TimerNodes nodes;
    private final TimerSlots slots;
    private final long startNs;
    private final int tickShift;
    private final long lastTick;

    /** The current tick: nothing is filed before it. */
    private long tick;
    /** No slot comes due before. */
    private long nextDueNs = Long.MAX_VALUE;
    /** When the slot comes due that {@link #nextLevel} has found. */
    private long nextTick;
    private long polledTick = NOT_POLLING;
    private int budget;
    private int armed;

    /**
     * @param nodes   where the timers lie.
     * @param tickNs  resolution: a power of two, 8 to 2^40 ns.
     * @param startNs the present; deadlines before it count as past.
     * @throws IllegalArgumentException where the tick is out of its range.
     * @throws OutOfMemoryError         where the system refuses the memory.
     */
    public TimerWheel(final TimerNodes nodes, final long tickNs, final long startNs) {
        if (tickNs < 8 || tickNs > 1L << 40 || Long.bitCount(tickNs) != 1) {
            throw new IllegalArgumentException("tick of " + tickNs + " ns, must be a power of two, 8 to 2^40");
        }
        this.nodes = nodes;
        this.slots = new TimerSlots(nodes);
        this.startNs = startNs;
        this.tickShift = Long.numberOfTrailingZeros(tickNs);
        this.lastTick = Math.min(Long.MAX_VALUE - Math.max(0, startNs) >>> tickShift, TimerSlots.LAST_TICK);
    }

    /** Off-heap bytes that a wheel reserves, whatever the number of timers. */
    public static long requiredBytes() {
        return TimerSlots.requiredBytes();
    }

    /**
     * Starts a timer, or moves it to another deadline. What is scheduled from {@link TimerHandler#onTimer} fires in a
     * later poll, whatever its deadline.
     *
     * @param node       the timer.
     * @param deadlineNs when to fire; where it is past, at the next poll; {@link Long#MAX_VALUE}, never.
     */
    public void schedule(final int node, final long deadlineNs) {
        schedule(node, nodes.address(node), deadlineNs);
    }

    /** The same for who has the address of its node at hand. */
    public void schedule(final int node, final long address, final long deadlineNs) {
        assert address == nodes.address(node) : node;
        final long due = tickOf(deadlineNs);
        final long filed = Memory.getLong(address + FILED_OFFSET);
        Memory.putLong(address + DEADLINE_OFFSET, deadlineNs);
        if (filed <= 0) {
            armed++;
        }
        if (filed != 0) {
            if (due >= Math.abs(filed) - 1 && due > polledTick) {
                Memory.putLong(address + FILED_OFFSET, Math.abs(filed));
                return;
            }
            slots.remove(address);
        }
        file(node, address, due);
    }

    /**
     * Stops a timer that will be started again soon, which then costs a store, unless it is to fire sooner than before.
     * Until its slot has come due in vain it must be {@linkplain #cancel cancelled} before its record is cleared.
     */
    public void park(final int node) {
        parkAt(nodes.address(node));
    }

    /** The same by the address of its node. */
    public void parkAt(final long address) {
        final long filed = Memory.getLong(address + FILED_OFFSET);
        if (filed > 0) {
            Memory.putLong(address + FILED_OFFSET, -filed);
            armed--;
        }
    }

    /** Stops a timer; does nothing where it is not armed. */
    public void cancel(final int node) {
        final long address = nodes.address(node) + FILED_OFFSET;
        final long filed = Memory.getLong(address);
        if (filed != 0) {
            slots.remove(address - FILED_OFFSET);
            Memory.putLong(address, 0);
            armed -= filed > 0 ? 1 : 0;
        }
    }

    /** Whether a timer is started and has neither fired nor been cancelled. */
    public boolean isArmed(final int node) {
        return Memory.getLong(nodes.address(node) + FILED_OFFSET) > 0;
    }

    /** The same by the address of its node. */
    public static boolean isArmed(final long address) {
        return Memory.getLong(address + FILED_OFFSET) > 0;
    }

    /** When an armed timer is to fire, in nanoseconds; {@link Long#MAX_VALUE} where it is not armed. */
    public long deadline(final int node) {
        final long address = nodes.address(node);
        return Memory.getLong(address + FILED_OFFSET) > 0
                ? Memory.getLong(address + DEADLINE_OFFSET)
                : Long.MAX_VALUE;
    }

    /** Timers that are armed. */
    public int armed() {
        return armed;
    }

    /**
     * Fires the timers that are due, in the order of their ticks, each at most once. An exception of the handler comes
     * through; the timer has fired and the wheel is as it should be.
     *
     * @param nowNs   the present, not before that of the last poll.
     * @param handler called for each; must not poll.
     * @param limit   how many timers to fire, or to move to a finer slot, before leaving the rest to the next poll; at
     *                least 1.
     * @return how many fired.
     */
    public int poll(final long nowNs, final TimerHandler handler, final int limit) {
        return nowNs < nextDueNs ? 0 : pollDue(nowNs, handler, limit);
    }

    /**
     * When the wheel must be polled next: no timer fires before. A poll at that time, with a sufficient limit, fires a
     * timer or moves this time to a later one (where the timers of the slot were parked, or moved to later deadlines, or lie
     * in a slot of many ticks); so whoever polls at these times fires every timer within a tick of its deadline.
     *
     * @return nanoseconds; {@link Long#MAX_VALUE} where no timer is armed.
     */
    public long nextDeadlineNs() {
        int level = nextLevel();
        // nobody has to come for timers that are parked
        for (int parked = armed == 0 ? 0 : MOST_DROPPED; parked > 0 && level != NONE; level = nextLevel()) {
            parked = dropParked(slotOf(level, nextTick), parked);
        }
        nextDueNs = level == NONE ? Long.MAX_VALUE : timeOf(nextTick);
        return armed == 0 ? Long.MAX_VALUE : nextDueNs;
    }

    /** Takes out parked timers that a slot begins with; returns how many more may be, 0 where an armed one follows. */
    private int dropParked(final int slot, final int most) {
        int left = most;
        for (int node = slots.first(slot); node >= 0; node = slots.first(slot)) {
            final long address = nodes.address(node);
            if (left == 0 || Memory.getLong(address + FILED_OFFSET) > 0) {
                return 0;
            }
            slots.remove(address);
            Memory.putLong(address + FILED_OFFSET, 0);
            left--;
        }
        return left;
    }

    /** Gives all memory back; closing twice does nothing. The timers' records belong to their owner. */
    @Override
    public void close() {
        slots.close();
    }

    @Override
    public String toString() {
        return "timer wheel: " + armed + " armed, tick " + tick + " of " + (1L << tickShift) + " ns";
    }

    private int pollDue(final long nowNs, final TimerHandler handler, final int limit) {
        assert polledTick == NOT_POLLING && limit > 0;
        polledTick = Math.min(nowNs - startNs >>> tickShift, lastTick);
        budget = limit;
        int fired = 0;
        try {
            while (budget > 0) {
                final int level = nextLevel();
                if (level == NONE || nextTick > polledTick) {
                    tick = polledTick;
                    break;
                }
                tick = nextTick;
                if (level == 0) {
                    fired += fire(slotOf(0, tick), nowNs, handler);
                } else {
                    spill(slotOf(level, tick));
                }
            }
        } finally {
            endPoll();
        }
        return fired;
    }

    private int fire(final int slot, final long nowNs, final TimerHandler handler) {
        int fired = 0;
        for (int node = slots.first(slot); node >= 0 && budget > 0; node = slots.first(slot)) {
            budget--;
            final long address = nodes.address(node);
            slots.remove(address);
            final long due = tickOf(Memory.getLong(address + DEADLINE_OFFSET));
            if (isDropped(address)) {
                continue;
            }
            if (due > tick) {
                refile(node, address, due);
            } else {
                Memory.putLong(address + FILED_OFFSET, 0);
                armed--;
                fired++;
                handler.onTimer(node, nowNs);
            }
        }
        return fired;
    }

    /** Moves the timers of a slot of an upper level to the levels below. */
    private void spill(final int slot) {
        for (int node = slots.first(slot); node >= 0 && budget > 0; node = slots.first(slot)) {
            budget--;
            final long address = nodes.address(node);
            slots.remove(address);
            if (!isDropped(address)) {
                refile(node, address, tickOf(Memory.getLong(address + DEADLINE_OFFSET)));
            }
        }
    }

    /** The slot of a parked timer has come due: then it is in none. */
    private static boolean isDropped(final long address) {
        final boolean parked = Memory.getLong(address + FILED_OFFSET) < 0;
        if (parked) {
            Memory.putLong(address + FILED_OFFSET, 0);
        }
        return parked;
    }

    private void endPoll() {
        final long polled = polledTick;
        polledTick = NOT_POLLING;
        for (int node = slots.first(TimerSlots.DEFERRED); node >= 0; node = slots.first(TimerSlots.DEFERRED)) {
            final long address = nodes.address(node);
            slots.remove(address);
            if (!isDropped(address)) {
                // Not before the tick polled: whoever reschedules itself into the past must not starve what waits there.
                refile(node, address, Math.max(polled, tickOf(Memory.getLong(address + DEADLINE_OFFSET))));
            }
        }
        nextDeadlineNs();
    }

    private void file(final int node, final long address, final long due) {
        if (due <= polledTick) {
            // Filed at tick 0, so that until the end of the poll a later deadline only needs to be stored.
            Memory.putLong(address + FILED_OFFSET, 1);
            slots.append(TimerSlots.DEFERRED, node, address);
        } else {
            nextDueNs = Math.min(nextDueNs, timeOf(refile(node, address, due)));
        }
    }

    /** Puts a timer that is in no slot into the one for a tick; returns when that comes due. */
    private long refile(final int node, final long address, final long due) {
        final long target = Math.max(due, tick);
        int level = 0;
        int shift = 0;
        while ((target >>> shift) - (tick >>> shift) >= TimerSlots.SLOTS) {
            level++;
            shift += TimerSlots.SLOTS_SHIFT;
        }
        final long slotTick = target >>> shift << shift;
        Memory.putLong(address + FILED_OFFSET, slotTick + 1);
        slots.append(slotOf(level, target), node, address);
        return slotTick;
    }

    /**
     * The level of the slot that comes due next; sets {@link #nextTick}. A slot of an upper level that has begun and is
     * not yet empty is found again.
     */
    private int nextLevel() {
        int next = NONE;
        nextTick = Long.MAX_VALUE;
        for (int levels = slots.occupiedLevels(); levels != 0; levels &= levels - 1) {
            final int level = Integer.numberOfTrailingZeros(levels);
            final int shift = level * TimerSlots.SLOTS_SHIFT;
            final long unit = tick >>> shift;
            final long slotTick = unit + slots.distance(level, (int) unit & TimerSlots.SLOTS - 1) << shift;
            if (slotTick < nextTick) {
                nextTick = slotTick;
                next = level;
            }
        }
        return next;
    }

    private static int slotOf(final int level, final long tick) {
        return level << TimerSlots.SLOTS_SHIFT
                | (int) (tick >>> level * TimerSlots.SLOTS_SHIFT) & TimerSlots.SLOTS - 1;
    }

    /** The first tick that does not begin before a time. */
    private long tickOf(final long timeNs) {
        if (timeNs <= startNs) {
            return 0;
        }
        final long elapsed = timeNs - startNs;
        // A negative start and a far deadline overflow: as far as there is.
        return elapsed < 0 ? lastTick : Math.min((elapsed - 1 >>> tickShift) + 1, lastTick);
    }

    private long timeOf(final long tick) {
        return startNs + (tick << tickShift);
    }
}
