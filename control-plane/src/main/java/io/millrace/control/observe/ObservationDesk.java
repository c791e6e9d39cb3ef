package io.millrace.control.observe;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.lifecycle.ControlTask;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.memory.Memory;
import io.millrace.observe.FileLayout;
import io.millrace.observe.TextRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Where the control plane shows itself: its counters, written anew every {@value #COUNTERS_NS} ns at the most often, and
 * listeners, neighbours and routes for who asks. Thread: the agent's.
 */
public final class ObservationDesk implements ControlTask {
    private static final long COUNTERS_NS = 10_000_000;
    private static final int ROWS_A_SLICE = 32;
    /** Taken once: each values() is a copy, and a loop that spins comes here a hundred times a second. */
    private static final ControlCounter[] COUNTERS = ControlCounter.values();

    private final ObservedStack stack;
    private final long countersAddress;
    private final long lookAddress;
    private final ControlCounters counters;
    private final LongSupplier eventsLost;
    private final Mailbox mailbox;
    private final Map<Long, Rows> kinds = new HashMap<>();
    /** What the question before was about, and what there was; empty where that was answered to the end. */
    private long rowsKind;
    private List<Map<String, String>> rows = List.of();
    private long lookNs;
    private boolean looked;
    private boolean lost;

    /** @param eventsLost events of engines that found no room, counted behind the control plane's own counters. */
    ObservationDesk(final ObservedStack stack, final ControlCounters counters, final LongSupplier eventsLost) {
        this.stack = stack;
        countersAddress = stack.controlCounters();
        lookAddress = stack.controlLook();
        this.counters = counters;
        this.eventsLost = eventsLost;
        mailbox = new Mailbox(stack.controlMailbox(), FileLayout.TEXT_RECORD_LENGTH, FileLayout.TEXT_RECORDS);
    }

    /** What to answer to a question of this kind; before the agent starts. */
    public ObservationDesk offer(final long kind, final Rows rows) {
        kinds.put(kind, rows);
        return this;
    }

    @Override
    public int doWork(final long nowNs) {
        if (lost) {
            return 0;
        }
        try {
            return show(nowNs);
        } catch (final InternalError e) {
            onLost(e);
            return 0;
        }
    }

    private void onLost(final InternalError error) {
        lost = true;
        stack.onLost(error);
    }

    private int show(final long nowNs) {
        if (!looked || nowNs - lookNs >= COUNTERS_NS) {
            looked = true;
            lookNs = nowNs;
            showCounters();
            Memory.putLongOpaque(lookAddress, nowNs);
        }
        if (!mailbox.isAsked()) {
            return 0;
        }
        answer(nowNs);
        return 1;
    }

    /** {@inheritDoc} The counters alone are no reason to run. */
    @Override
    public long nextDeadlineNs() {
        try {
            return !lost && mailbox.isAsked() ? Long.MIN_VALUE : Long.MAX_VALUE;
        } catch (final InternalError e) {
            onLost(e);
            return Long.MAX_VALUE;
        }
    }

    private void showCounters() {
        for (final ControlCounter counter : COUNTERS) {
            Memory.putLongOpaque(countersAddress + ((long) counter.ordinal() << 3), counters.get(counter));
        }
        Memory.putLongOpaque(countersAddress + ((long) COUNTERS.length << 3), eventsLost.getAsLong());
    }

    /**
     * The cursor is the number of rows that were told. They are taken once, and anew where somebody else asked in between:
     * everyone has the rest of his own answer.
     */
    private void answer(final long nowNs) {
        final long kind = mailbox.begin();
        long next = Mailbox.END;
        try {
            if (mailbox.cursor() == 0 || kind != rowsKind || rows.isEmpty()) {
                rowsKind = kind;
                rows = List.of();
                rows = kinds.getOrDefault(kind, List::of).now();
            }
            int row = (int) Math.clamp(mailbox.cursor(), 0, (long) rows.size());
            for (int i = 0; i < ROWS_A_SLICE && !mailbox.isFull() && row < rows.size(); i++) {
                write(rows.get(row++), mailbox.add());
            }
            next = row < rows.size() ? row : Mailbox.END;
        } finally {
            if (next == Mailbox.END) {
                rows = List.of();
            }
            mailbox.endSlice(next, nowNs);
        }
    }

    private static void write(final Map<String, String> row, final long record) {
        final byte[] bytes = TextRow.encode(row);
        Memory.putInt(record, bytes.length);
        Memory.copyFromArray(bytes, 0, record + FileLayout.TEXT, bytes.length);
    }
}
