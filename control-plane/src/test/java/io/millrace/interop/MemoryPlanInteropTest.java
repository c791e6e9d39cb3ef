package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.MemoryPlan;
import io.millrace.config.MemoryPlan.Part;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssKey;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link MemoryPlan} foresees for a port is what there is when it is open. */
@RequiresNetworkNamespaces
class MemoryPlanInteropTest {
    private static final String PROGRAM = "anon_inode:bpf-map";
    private static final String SOCKET = "socket:[";

    private NetworkNamespace namespace;

    @BeforeEach
    void makeVeth() throws IOException {
        namespace = new NetworkNamespace();
        namespace.run("ip", "link", "add", "mr0", "numtxqueues", "2", "numrxqueues", "2", "type", "veth", "peer",
                "name", "mr1", "numtxqueues", "2", "numrxqueues", "2");
        namespace.run("ip", "link", "set", "mr0", "up");
        namespace.run("ip", "link", "set", "mr1", "up");
    }

    @AfterEach
    void close() {
        namespace.close();
    }

    /** A packet socket's ring is as large as it is where the kernel gives it a small buffer, and nobody here does. */
    @ParameterizedTest
    @CsvSource({"tap:mr9", "'tap:mr9,receive=queue'", "tun:mr9", "af-packet:mr0", "'af-packet:mr0,filter=none'",
            "af-xdp:mr0"})
    void shouldForeseeWhatAPortHas(final String device) throws Exception {
        for (int engines = 1; engines <= 2; engines++) {
            for (final int mtu : new int[]{1_500, 3_000}) {
                shouldForesee(MillraceConfig.parse("""
                        millrace.threading.engines = %d
                        millrace.port { device = "%s", offloads = %s, mtu = %d }
                        """.formatted(engines, device, mtu == 1_500, mtu)));
            }
        }
    }

    private void shouldForesee(final MillraceConfig config) throws Exception {
        final String port = config.get(PortKeys.DEVICE) + ", " + config.get(ThreadingKeys.ENGINES);
        final long regionsBefore = MemoryRegion.bytesInUse();
        final long sharedBefore = shared(PROGRAM) + shared(SOCKET);
        final long programsBefore = shared(PROGRAM);
        try (PacketDevice _ = namespace.call(() -> open(config))) {
            final long there = MemoryRegion.bytesInUse() + shared(PROGRAM) + shared(SOCKET) - regionsBefore
                    - sharedBefore;
            final long room = config.get(PortKeys.DEVICE).scheme().equals("af-packet")
                    ? 70L << 20
                    : (1 << 16) + (there >> 3);
            assertThat(planned(config, "")).as(port).isBetween(there,
                    there + room * config.get(ThreadingKeys.ENGINES));
            assertThat(planned(config, "ring of small frames ") + planned(config, "placing ")).as(port)
                    .isGreaterThanOrEqualTo(shared(PROGRAM) - programsBefore)
                    .isLessThan(shared(PROGRAM) - programsBefore + (28 << 12));
        }
    }

    private PacketDevice open(final MillraceConfig config) throws IOException {
        final String name = config.device().argument().split(",")[0];
        if (name.equals("mr0")) {
            namespace.run("ip", "link", "set", name, "mtu", config.get(PortKeys.MTU).toString());
        }
        return DeviceOpener.discover().open(config, 0, RssKey.EXAMPLE);
    }

    private static long planned(final MillraceConfig config, final String beginning) {
        return MemoryPlan.of(config).parts().stream()
                .filter(part -> part.name().endsWith(" the port") && part.name().startsWith(beginning))
                .mapToLong(Part::total).sum();
    }

    /** Bytes that the kernel shares with this process. */
    private static long shared(final String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(line -> line.contains(what))
                .mapToLong(line -> {
                    final String[] range = line.split("[- ]", 3);
                    return Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
                }).sum();
    }
}
