package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class DelayHeapTest {
    @Property
    void shouldReturnFramesByTimeAndThenInOrder(@ForAll @Size(max = 200) final List<@LongRange(max = 20) Long> dues) {
        final DelayHeap heap = new DelayHeap(200);
        final List<Long> names = new ArrayList<>();
        for (int i = 0; i < dues.size(); i++) {
            heap.add(i, dues.get(i));
            names.add((long) i);
        }
        names.sort(Comparator.comparing(name -> dues.get(name.intValue())));
        final List<Long> removed = new ArrayList<>();
        while (heap.size() > 0) {
            final long dueNs = heap.firstDueNs();
            removed.add(heap.remove());
            assertThat(dues.get(removed.getLast().intValue())).isEqualTo(dueNs);
        }
        assertThat(removed).isEqualTo(names);
        assertThat(heap.firstDueNs()).isEqualTo(Long.MAX_VALUE);
    }
}
