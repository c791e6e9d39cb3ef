package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MemoryDemoTest {
    private String run(final double loss) throws Exception {
        final long bytesBefore = MemoryRegion.bytesInUse();
        final StringWriter out = new StringWriter();
        assertThat(new MemoryDemo(new DemoSettings(loss, 1, 4, 4), new PrintWriter(out)).run()).isTrue();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
        return out.toString();
    }

    @Test
    void shouldDrawTheHandshakeAndTheCloseAsTheyPassed() throws Exception {
        final List<String> rungs = run(0).lines().filter(line -> line.matches(" {2}[A-Z].* [-<]-.*")).toList();

        assertThat(rungs.subList(0, 3)).satisfiesExactly(
                syn -> assertThat(syn).matches(" *SYN_SENT +-+ SYN seq=0 win=\\d+ mss=1460 -+> SYN_RECEIVED"),
                synAck -> assertThat(synAck)
                        .matches(" *ESTABLISHED +<-+ SYN,ACK seq=0 ack=1 win=\\d+ mss=1460 -+ SYN_RECEIVED"),
                request -> assertThat(request).matches(" *ESTABLISHED +-+ (PSH,)?ACK seq=1 ack=1 .*-+> ESTABLISHED"));
        final int fin = indexOf(rungs, " *FIN_WAIT_1 +-+ FIN,ACK .*> CLOSE_WAIT");
        // acknowledgements of the last text may stand between
        assertThat(rungs.subList(fin, rungs.size()).stream()
                .filter(rung -> rung.contains("FIN,ACK") || rung.endsWith(" CLOSED"))).satisfiesExactly(
                        finHere -> assertThat(finHere).isEqualTo(rungs.get(fin)),
                        finToo -> assertThat(finToo).matches(" *TIME_WAIT +<-+ FIN,ACK .*- LAST_ACK"),
                        last -> assertThat(last).matches(" *TIME_WAIT +-+ ACK .*> CLOSED"));
        final List<String> before = withoutProbes(rungs.subList(3, fin));
        assertThat(before).as("nobody closes before all is there")
                .allMatch(line -> line.startsWith("  ESTABLISHED") && line.endsWith("ESTABLISHED"));
    }

    /** Where the machine stalls a tail loss probe repeats the last segment, whatever the state is by then. */
    private static List<String> withoutProbes(final List<String> rungs) {
        final List<String> all = new ArrayList<>();
        final Set<String> segments = new HashSet<>();
        for (final String rung : rungs) {
            if (segments.add(rung.replaceAll("^ *[A-Z_0-9]+|[A-Z_0-9]+$", "").trim()) || !rung.contains(" len=")) {
                all.add(rung);
            }
        }
        return all;
    }

    private static int indexOf(final List<String> rungs, final String pattern) {
        return (int) rungs.stream().takeWhile(rung -> !rung.matches(pattern)).count();
    }

    @Test
    void shouldGetEveryByteThroughALinkThatLosesFrames() throws Exception {
        assertThat(run(0.05)).contains("16 of 16 answered", "0 answers wrong, 0 connections broken",
                "Every byte was right.")
                .containsPattern("link .* server, [1-9]\\d* lost; .* client, [1-9]\\d* lost; 0 ");
    }

    /** Probes may go where a thread stands still, but nothing is lost. */
    @Test
    void shouldLoseNothingWhereNothingIsToBeLost() throws Exception {
        final String text = run(0);

        assertThat(text).containsPattern("link +[1-9]\\d* frames .*, 0 lost; [1-9]\\d* .*, 0 lost; 0 dropped else");
    }
}
