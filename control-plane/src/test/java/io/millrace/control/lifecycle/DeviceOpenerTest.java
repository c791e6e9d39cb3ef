package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.DeviceSpec;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeviceOpenerTest {
    private static final DeviceRequest REQUEST = new DeviceRequest("x0", 1_500, 2, 16, false, true, null);

    private final DeviceOpener opener = new DeviceOpener(
            List.of(new Provider("wire", null), new Provider("xdp", "there is no XDP here; use tap:NAME")),
            List.of("some.Provider could not be instantiated"));

    @Test
    void shouldOpenTheDeviceOfTheScheme() throws IOException {
        try (PacketDevice device = opener.open(DeviceSpec.parse("wire:x0"), REQUEST)) {
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    void shouldOpenMemoryWithNobodyAtTheOtherEnd() throws IOException {
        final long before = MemoryRegion.bytesInUse();
        try (PacketDevice device = opener.open(DeviceSpec.parse("memory"), REQUEST)) {
            assertThat(device.queues()).isEqualTo(2);
            assertThat(device.queue(0).capabilities().mtu()).isEqualTo(1_500);
            final long frame = device.queue(0).acquire();
            assertThat(device.queue(0).transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldSayWhyASchemeIsNotAvailable() {
        assertThatThrownBy(() -> opener.open(DeviceSpec.parse("xdp:x0"), REQUEST)).isInstanceOf(IOException.class)
                .hasMessage("cannot open xdp:x0: there is no XDP here; use tap:NAME");
    }

    @Test
    void shouldListTheSchemesWhereOneIsUnknown() {
        assertThatThrownBy(() -> opener.open(DeviceSpec.parse("wier:x0"), REQUEST)).isInstanceOf(IOException.class)
                .hasMessage(
                        "no device of the kind \"wier\"; there is memory; auto; wire; xdp (not available: there is no XDP"
                                + " here; use tap:NAME); a provider that does not load:"
                                + " some.Provider could not be instantiated");
    }

    @Test
    void shouldCloseWhatAutoHasOpenedWhereItsListenerThrows() {
        final long before = MemoryRegion.bytesInUse();
        final DeviceOpener told = DeviceOpener.of(List.of()).telling(choice -> {
            throw new IllegalStateException("no: " + choice.picked());
        });
        assertThatThrownBy(() -> told.open(DeviceSpec.parse("auto"), REQUEST)).hasMessage("no: memory");
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldFindTheProvidersOnTheClassPath() {
        assertThat(DeviceOpener.discover().describe()).startsWith("memory");
    }

    private record Provider(String scheme, @Nullable String unavailabilityCause) implements PacketDeviceProvider {
        @Override
        public String usage() {
            return scheme + ":NAME";
        }

        @Override
        public PacketDevice open(final DeviceRequest request) {
            final MemoryLink link = MemoryLink.builder().build();
            link.side(1).close();
            return link.side(0);
        }
    }
}
