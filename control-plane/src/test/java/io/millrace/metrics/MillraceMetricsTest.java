package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;

class MillraceMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldTellCountersAndGaugesOfEachEngine() throws IOException {
        final CachedNanoClock clock = new CachedNanoClock();
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ip.addresses = ["10.0.0.2/24"]
                millrace.observe.enabled = false
                """);
        try (Millrace stack = Millrace.builder(config).clock(clock).launch()) {
            new MillraceMetrics(stack.observer(), Tags.of("stack", "a")).bindTo(registry);
            stack.engine(0).tcp().connect(0, 0, 0, 0, IpAddress.v4(0x0a000002), 9, stack.tcpSettings(),
                    (connection, events) -> {});
            clock.advance(2_000_000);
            stack.engine(0).doWork();

            assertThat(registry.get("millrace.tcp.active.opens").tags("engine", "0", "stack", "a").functionCounter()
                    .count())
                    .isEqualTo(1);
            assertThat(registry.get("millrace.connections.limit").tag("engine", "0").gauge().value()).isEqualTo(65_536);
            assertThat(registry.get("millrace.arp.requests.sent").tag("engine", "control").functionCounter().count())
                    .isEqualTo(stack.counters().get("ArpRequestsSent").doubleValue());
            assertThat(registry.get("millrace.bytes.received").functionCounter().getId().getBaseUnit())
                    .isEqualTo("bytes");
            assertThat(registry.getMeters()).hasSize(stack.observer().metadata().counters().size())
                    .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        }
        assertThat(registry.get("millrace.connections.limit").gauge().value()).isNaN();
    }
}
