package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCount;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.testing.StandInDevice;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a port counts for itself, and what showed when it was opened, are seen from outside. */
class PortObservationTest {
    private static final PortFinding FOUND = new PortFinding(Weight.ADVICE, "it is\tslow", "mend\nit");

    @TempDir
    private Path folder;

    @Test
    void shouldShowWhatThePortTells() throws Exception {
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace stack = Millrace.builder(MillraceConfig.parse("""
                        millrace.ip.addresses = ["10.0.0.2/24"]
                        millrace.observe.directory = "%s"
                        """.formatted(folder.resolve("observed"))))
                        .device(new WrappedDevice(new Telling(link.side(0)), Counting::new)).launch();
                Observer observer = Observer.open(stack.observationFile().orElseThrow())) {
            stack.engine(0).doWork();

            assertThat(observer.readings()).filteredOn(reading -> reading.label().startsWith("PortBulk"))
                    .extracting(Reading::label, Reading::value)
                    .containsExactly(row(Gauge.PORT_BULK_FRAMES, PortCount.BULK_FRAMES),
                            row(Gauge.PORT_BULK_BEGUN, PortCount.BULK_BEGUN),
                            row(Gauge.PORT_BULK_ENDED, PortCount.BULK_ENDED),
                            row(Gauge.PORT_BULK_REFUSED, PortCount.BULK_REFUSED),
                            row(Gauge.PORT_BULK_WITHOUT_CPU, PortCount.BULK_WITHOUT_CPU));
            assertThat(observer.metadata().findings())
                    .containsExactly(new PortFinding(Weight.ADVICE, "it is slow", "mend it"));
        }
    }

    private static Tuple row(final Gauge gauge, final PortCount what) {
        return tuple(gauge.label(), 100L + what.ordinal());
    }

    private static final class Counting extends PortFilter {
        Counting(final PacketPort delegate) {
            super(delegate);
        }

        @Override
        public long counted(final PortCount what) {
            return 100 + what.ordinal();
        }
    }

    /** A device with which something is wrong. */
    private static final class Telling extends StandInDevice {
        Telling(final PacketDevice device) {
            super(device);
        }

        @Override
        public List<PortFinding> findings() {
            return List.of(FOUND);
        }
    }
}
