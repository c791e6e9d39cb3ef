package io.millrace.bench.compare.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With processes that are no nodes. */
@Timeout(60)
class NodeProcessTest {
    @Test
    void shouldNotWaitWithoutEndForAnAnswer() throws IOException {
        final Process silent = new ProcessBuilder("sleep", "1000").start();
        try (NodeProcess node = new NodeProcess("sleeper", silent, 1)) {
            assertThatThrownBy(node::mark).isInstanceOf(IOException.class)
                    .hasMessage("sleeper does not answer to \"mark\": it has said nothing");
            node.pause();
        }
        assertThat(silent.onExit().join().isAlive()).isFalse();
    }

    @Test
    void shouldSayWhatAProcessSaidThatHasEnded() throws Exception {
        final Process broken = new ProcessBuilder("sh", "-c", "echo no memory >&2; exit 1").start();
        assertThat(broken.waitFor()).isEqualTo(1);
        try (NodeProcess node = new NodeProcess("broken", broken, 60_000)) {
            assertThatThrownBy(node::mark).isInstanceOf(IOException.class).hasMessageStartingWith("broken has ended");
            assertThatThrownBy(node::pause).isInstanceOf(IOException.class).hasMessageContaining("is gone");
        }
    }

    @Test
    void shouldWaitForTheLastWordsOfAProcessWhoseOutputEndsBeforeThem() throws Exception {
        final Process broken = new ProcessBuilder("sh", "-c", "exec >&-; read order; echo no memory >&2; exit 1")
                .start();
        try (NodeProcess node = new NodeProcess("broken", broken, 60_000)) {
            assertThatThrownBy(node::mark).isInstanceOf(IOException.class)
                    .hasMessage("broken has ended at \"mark\": no memory");
        }
    }
}
