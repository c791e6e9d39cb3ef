package io.millrace.fastpath.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.fastpath.tcp.TcbTampering;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A failure that is made on purpose is found, named, and can be looked into. */
class SimulationFailureTest {
    private static final long SEED = longEnough();
    private static final long LEAST_STEPS = 500;
    private static final long FIRST_STEP = 40;
    private static final Pattern CAPTURE = Pattern.compile("capture: (\\S+)");
    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int PACKET = 6;

    @Test
    void shouldFindAForgottenTimerAndSayHowToReplay() throws IOException {
        final String message = failure(TcbTampering::forgetWhatIsOutstanding);
        assertThat(message).contains("the retransmission timer does not run though something is outstanding",
                "seed " + SEED + ", step",
                "mvn test -pl fastpath -Dtest=SimulationTest -Dmillrace.test.seed=" + SEED, "client 0");
        assertThat(packetsOfCapture(message)).isGreaterThan(2);
    }

    @Test
    void shouldFindThatTheEndsDisagree() throws IOException {
        final String message = failure(TcbTampering::dreamOfAWindow);
        assertThat(message).contains("believes in a window that the peer never announced");
        assertThat(packetsOfCapture(message)).isGreaterThan(2);
    }

    @Test
    void shouldSayWhereSomethingBesidesTheSeedDecides() {
        final boolean[] failed = new boolean[1];
        final String message = String.valueOf(catchThrowable(() -> Seeds.run(SEED, new Tally(), (host, step) -> {
            if (!failed[0] && step > FIRST_STEP) {
                failed[0] = true;
                throw new AssertionError("only once");
            }
        })));
        assertThat(message).contains("only once", "it did not fail again");
    }

    /** The first seed whose simulation takes some time: which one it is changes with every setting that is drawn. */
    private static long longEnough() {
        for (long seed = 0;; seed++) {
            final Tally tally = new Tally();
            Seeds.run(seed, tally, Seeds.UNDISTURBED);
            if (tally.steps() > LEAST_STEPS) {
                return seed;
            }
        }
    }

    /** Harm is done after every step from some on: what the next turn of the stack mends by itself is no failure. */
    private static String failure(final Consumer<TcbTampering> harm) {
        return String.valueOf(catchThrowable(() -> Seeds.run(SEED, new Tally(), (host, step) -> {
            if (step > FIRST_STEP) {
                harm.accept(new TcbTampering(host.engine().tcp()));
            }
        })));
    }

    private static int packetsOfCapture(final String message) throws IOException {
        final Matcher capture = CAPTURE.matcher(message);
        assertThat(capture.find()).as(message).isTrue();
        final Path file = Path.of(capture.group(1));
        final ByteBuffer blocks = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(blocks.getInt(0)).isEqualTo(SECTION_HEADER);
        int packets = 0;
        while (blocks.hasRemaining()) {
            packets += blocks.getInt(blocks.position()) == PACKET ? 1 : 0;
            blocks.position(blocks.position() + blocks.getInt(blocks.position() + Integer.BYTES));
        }
        Files.delete(file);
        return packets;
    }
}
