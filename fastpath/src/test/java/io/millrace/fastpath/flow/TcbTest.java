package io.millrace.fastpath.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TcbTest {
    private static final int TIMER_BYTES = 24;
    private static final int TIMERS_END = Tcb.TIMERS_OFFSET + Tcb.TIMER_COUNT * TIMER_BYTES;

    @Test
    void shouldKeepEveryFieldApartFromTheOthersAndFromTheTimers() throws ReflectiveOperationException {
        try (MemoryRegion region = MemoryRegion.allocate("test", 2 * Tcb.LENGTH)) {
            final Tcb tcb = new Tcb().wrap(0, region.address());
            final List<Method> setters = setters();
            assertThat(setters).hasSizeGreaterThan(50);
            for (int i = 0; i < setters.size(); i++) {
                setters.get(i).invoke(tcb, value(setters.get(i), i + 1));
            }
            for (int i = 0; i < setters.size(); i++) {
                final Method getter = Tcb.class.getMethod(setters.get(i).getName());
                assertThat(getter.invoke(tcb)).as(getter.getName()).isEqualTo(value(setters.get(i), i + 1));
            }
            for (int offset = Tcb.TIMERS_OFFSET; offset < TIMERS_END; offset++) {
                assertThat(Memory.getByte(region.address() + offset)).as("byte %d of the timers", offset).isZero();
            }
            for (int offset = Tcb.LENGTH; offset < 2 * Tcb.LENGTH; offset++) {
                assertThat(Memory.getByte(region.address() + offset)).as("byte %d, of the next record", offset)
                        .isZero();
            }
        }
    }

    @Test
    void shouldCostLessThan512BytesWithItsEntryInTheFlowTable() {
        final int connections = 1 << 20;
        assertThat(Tcb.LENGTH + FlowTable.requiredBytes(connections) / connections).isLessThan(512);
    }

    /** Shifts of windows and reasons of failure are numbers of four bits, two of which share a byte. */
    private static Object value(final Method setter, final int number) {
        if (setter.getName().endsWith("Shift") || setter.getName().endsWith("ailure")) {
            return number & 0xF;
        }
        return setter.getParameterTypes()[0] == long.class ? (Object) (0x0101_0101_0101_0000L + number) : number;
    }

    private static List<Method> setters() {
        final List<Method> setters = new ArrayList<>();
        for (final Method method : Tcb.class.getMethods()) {
            final boolean set = method.getReturnType() == void.class && method.getParameterCount() == 1
                    && !List.of("set", "clear", "wait").contains(method.getName());
            if (set) {
                setters.add(method);
            }
        }
        setters.sort(Comparator.comparing(Method::getName));
        return setters;
    }
}
