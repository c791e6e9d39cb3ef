package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The table answers from what it expects; a map, which expects nothing, must agree with it. */
class ConnectionTableTest {
    private static final int CONNECTIONS = 6;
    private static final int PORTS = 8;
    private static final int STEPS = 20_000;
    private static final long LOCAL = 0xFFFF_0A00_0001L;
    private static final long REMOTE = 0xFFFF_0A00_0002L;
    private static final TcpSettings[] SETTINGS = {TcpSettings.DEFAULT,
            TcpSettings.DEFAULT.toBuilder().noDelay(true).build(), TcpSettings.DEFAULT.toBuilder().mss(700).build()};

    private final Random random = new Random(11);
    private final ConnectionTable table = new ConnectionTable(CONNECTIONS, CONNECTIONS, 7);
    private final Map<Integer, Integer> byPort = new HashMap<>();
    private final Map<Integer, TcpSettings> byIndex = new HashMap<>();

    @Test
    void shouldFindWhatIsThereWhateverCameAndWentBefore() {
        for (int step = 0; step < STEPS; step++) {
            final int port = 1 + random.nextInt(PORTS);
            final Integer there = byPort.get(port);
            if (there == null) {
                open(port);
            } else if (there < ConnectionTable.NONE) {
                table.removeTimeWait(ConnectionTable.timeWaitRecord(there));
                byPort.remove(port);
            } else {
                change(port, there);
            }
            look();
        }
        table.close();
    }

    private void open(final int port) {
        final TcpSettings settings = SETTINGS[random.nextInt(SETTINGS.length)];
        final Tcb tcb = table.allocate(settings);
        if (tcb == null) {
            assertThat(byIndex).hasSize(CONNECTIONS);
            return;
        }
        tcb.localLo(LOCAL);
        tcb.remoteLo(REMOTE);
        tcb.ports(port);
        table.attachment(tcb, this);
        assertThat(table.insert(tcb)).isTrue();
        byPort.put(port, tcb.index());
        byIndex.put(tcb.index(), settings);
    }

    private void change(final int port, final int index) {
        final Tcb tcb = table.wrap(index);
        switch (random.nextInt(3)) {
            case 0 -> {
                final TcpSettings settings = SETTINGS[random.nextInt(SETTINGS.length)];
                table.settings(tcb, settings);
                byIndex.put(index, settings);
            }
            case 1 -> {
                table.remove(tcb);
                byPort.remove(port);
                free(tcb);
            }
            default -> {
                if (table.replaceByTimeWait(tcb, 0, 0, 1_000)) {
                    byPort.put(port, find(port));
                    assertThat(byPort.get(port)).isLessThan(ConnectionTable.NONE);
                    free(tcb);
                }
            }
        }
    }

    private void free(final Tcb tcb) {
        byIndex.remove(tcb.index());
        table.free(tcb);
        assertThat(table.attachment(tcb)).as("of a free record").isNull();
    }

    private void look() {
        final int port = 1 + random.nextInt(PORTS);
        assertThat(find(port)).isEqualTo(byPort.getOrDefault(port, ConnectionTable.NONE));
        byIndex.forEach((index, settings) -> {
            if (random.nextBoolean()) {
                assertThat(table.settings(table.wrap(index))).isSameAs(settings);
            }
        });
    }

    private int find(final int port) {
        return table.find(0, LOCAL, 0, REMOTE, port);
    }
}
