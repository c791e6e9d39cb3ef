package io.millrace.fastpath.counters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final int RECORD = 16;
    private static final int CAPACITY = 3;

    private final MemoryRegion region = MemoryRegion.allocate("test", Mailbox.lengthFor(CAPACITY, RECORD));
    private final Mailbox mailbox = new Mailbox(region.address(), RECORD, CAPACITY);

    @AfterEach
    void close() {
        region.close();
    }

    private void ask(final long request, final long kind, final long cursor) {
        Memory.putLong(region.address() + Mailbox.KIND, kind);
        Memory.putLong(region.address() + Mailbox.CURSOR, cursor);
        Memory.putLongRelease(region.address() + Mailbox.REQUEST, request);
    }

    private long at(final int offset) {
        return Memory.getLong(region.address() + offset);
    }

    private void add(final long value) {
        Memory.putLong(mailbox.add(), value);
    }

    @Test
    void shouldWaitForAQuestion() {
        assertThat(mailbox.isAsked()).isFalse();
        ask(1, 5, 9);
        assertThat(mailbox.isAsked()).isTrue();
        assertThat(mailbox.begin()).isEqualTo(5);
        assertThat(mailbox.cursor()).isEqualTo(9);
    }

    @Test
    void shouldAnswerOverSeveralSlices() {
        ask(1, 0, 0);
        mailbox.begin();
        add(10);
        mailbox.endSlice(1, 100);
        assertThat(at(Mailbox.RESPONSE)).as("half answered").isZero();
        assertThat(mailbox.isAsked()).isTrue();
        mailbox.begin();
        assertThat(mailbox.cursor()).isEqualTo(1);
        add(11);
        mailbox.endSlice(Mailbox.END, 200);

        assertThat(mailbox.isAsked()).isFalse();
        assertThat(at(Mailbox.RESPONSE)).isEqualTo(1);
        assertThat(at(Mailbox.COUNT)).isEqualTo(2);
        assertThat(at(Mailbox.NEXT)).isEqualTo(Mailbox.END);
        assertThat(at(Mailbox.TIME)).isEqualTo(200);
        assertThat(at(Mailbox.RECORDS)).isEqualTo(10);
        assertThat(at(Mailbox.RECORDS + RECORD)).isEqualTo(11);
    }

    @Test
    void shouldAnswerWhenFullAndSayWhereToGoOn() {
        ask(1, 0, 0);
        mailbox.begin();
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(mailbox.isFull()).isFalse();
            add(i);
        }
        assertThat(mailbox.isFull()).isTrue();
        mailbox.endSlice(77, 1);
        assertThat(at(Mailbox.RESPONSE)).isEqualTo(1);
        assertThat(at(Mailbox.NEXT)).isEqualTo(77);
    }

    @Test
    void shouldBeginAnewForANewerQuestion() {
        ask(1, 0, 0);
        mailbox.begin();
        add(10);
        mailbox.endSlice(1, 0);
        ask(2, 6, 3);
        assertThat(mailbox.begin()).isEqualTo(6);
        assertThat(mailbox.cursor()).isEqualTo(3);
        mailbox.endSlice(Mailbox.END, 0);
        assertThat(at(Mailbox.RESPONSE)).isEqualTo(2);
        assertThat(at(Mailbox.COUNT)).isZero();
    }

    @Test
    void shouldHandOutZeroedRecords() {
        ask(1, 0, 0);
        mailbox.begin();
        add(-1);
        mailbox.endSlice(Mailbox.END, 0);
        ask(2, 0, 0);
        mailbox.begin();
        assertThat(Memory.getLong(mailbox.add())).isZero();
    }
}
