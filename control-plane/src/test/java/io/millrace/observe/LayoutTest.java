package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.counters.DatagramRecord;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpState;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layout of a version never changes: readers of that version rely on it. */
class LayoutTest {
    private static List<String> layout() throws IllegalAccessException {
        final List<String> lines = new ArrayList<>();
        for (final Class<?> type : List.of(FileLayout.class, Mailbox.class, ConnectionRecord.class,
                DatagramRecord.class)) {
            for (final Field field : type.getDeclaredFields()) {
                if (Modifier.isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers())) {
                    lines.add(type.getSimpleName() + '.' + field.getName() + " = " + field.get(null));
                }
            }
        }
        lines.add("EngineArea.ANSWER_RECORDS = " + EngineArea.ANSWER_RECORDS);
        lines.add("EngineArea.KIND_CONNECTIONS = " + EngineArea.KIND_CONNECTIONS);
        lines.add("EngineArea.KIND_DATAGRAMS = " + EngineArea.KIND_DATAGRAMS);
        lines.add("TcpState = " + Arrays.toString(TcpState.values()));
        lines.add("TcpInfo.Limit = " + Arrays.toString(TcpInfo.Limit.values()));
        return lines;
    }

    @Test
    void shouldBeAsCommittedForThisVersion() throws IllegalAccessException, IOException {
        final Path file = Path.of("src", "test", "resources", "observe", "layout-" + FileLayout.VERSION + ".txt");
        if (Boolean.getBoolean("millrace.test.update")) {
            Files.createDirectories(file.getParent());
            Files.write(file, layout());
        }

        assertThat(file).as("a changed layout needs another FileLayout.VERSION, then -Dmillrace.test.update=true")
                .exists();
        assertThat(layout()).as("a changed layout needs another FileLayout.VERSION")
                .isEqualTo(Files.readAllLines(file));
    }
}
