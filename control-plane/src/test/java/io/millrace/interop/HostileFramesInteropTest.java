package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.services.EchoHandler;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Frames of any length and content from the far end, with virtio-net headers that fit or contradict them as far as the
 * sender's kernel lets them pass: each may cost a counter, none an exception, nor what others have. The frames come from
 * a seed: see {@code hostile-frames.py}.
 */
class HostileFramesInteropTest extends KernelInterop {
    private static final int FRAMES = Integer.getInteger("millrace.test.frames", 10_000);
    private static final int SEED = Integer.getInteger("millrace.test.seed", 0);

    @ParameterizedTest(name = "offloads {0}, seed {1}")
    @CsvSource({"true,1", "false,2"})
    void shouldBearWhatTheFarEndSends(final boolean offloads, final int seed, @TempDir final Path folder)
            throws Exception {
        launch(offloads, "millrace.ip.addresses += \"fd77::2/64\"", device -> device);
        serve(7, EchoHandler::new);
        final Socket before = connectFromKernel(7);
        final Path script = folder.resolve("hostile-frames.py");
        try (InputStream text = HostileFramesInteropTest.class.getResourceAsStream("/interop/hostile-frames.py")) {
            Files.copy(Objects.requireNonNull(text), script);
        }
        final String sent = run("python3", script.toString(), "mr0", mac, Integer.toString(SEED + seed),
                Integer.toString(FRAMES));
        assertThat(sent).as("frames that the kernel let pass").matches("[1-9]\\d{3,}\\s");
        for (final Socket socket : new Socket[]{before, connectFromKernel(7)}) {
            HexText.write(socket.getOutputStream(), MIB / 4);
            HexText.read(socket.getInputStream(), MIB / 4);
        }
        for (final Counter reached : List.of(Counter.ETHERNET_UNKNOWN_TYPE, Counter.IP_MALFORMED,
                Counter.IP_FRAGMENTS_RECEIVED, Counter.UDP_MALFORMED, Counter.TCP_MALFORMED)) {
            assertThat(counter(reached.label())).as(reached.label()).isPositive();
        }
        assertThat(counter("Exceptions")).as(seen()).isZero();
    }
}
