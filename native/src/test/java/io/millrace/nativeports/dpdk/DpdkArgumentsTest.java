package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DpdkArgumentsTest {
    @Test
    void shouldTellOptionsOfEalFromDevicesAndFromThePortsOwn() throws Exception {
        final DpdkArguments arguments = DpdkArguments.parse("--no-huge -m 64 --no-pci --vdev=net_tap0,iface=mr0"
                + " --vdev net_ring0 -- port=net_ring0 rx-descriptors=1024 rss-key=0aFF");
        assertThat(arguments.eal()).containsExactly("--no-huge", "-m64", "--no-pci");
        assertThat(arguments.devices()).containsExactly("net_tap0,iface=mr0", "net_ring0");
        assertThat(arguments.port()).isEqualTo("net_ring0");
        assertThat(arguments.rxDescriptors()).isEqualTo(1_024);
        assertThat(arguments.txDescriptors()).isEqualTo(512);
        assertThat(arguments.rssKey()).containsExactly(10, -1);
        assertThat(arguments.isWithoutHugepages()).isTrue();
    }

    @Test
    void shouldTakeAnAllowedDeviceAsOneAndAsAnOption() throws Exception {
        final DpdkArguments arguments = DpdkArguments.parse("-a 03:00.0");
        assertThat(arguments.eal()).containsExactly("--allow=03:00.0");
        assertThat(arguments.devices()).containsExactly("03:00.0");
        assertThat(DpdkArguments.nameOf("03:00.0,opt=1")).isEqualTo("0000:03:00.0");
        assertThat(DpdkArguments.argumentOf("net_tap0,iface=mr0,mac=fixed", "iface")).isEqualTo("mr0");
    }

    @Test
    void shouldAddWhatMakesEalAGuest() throws Exception {
        assertThat(Eal.commandLine(DpdkArguments.parse("--no-huge"))).startsWith("millrace", "--no-huge")
                .contains("--no-telemetry", "--no-shconf").anyMatch(word -> word.startsWith("--lcores=0@("));
        assertThat(Eal.commandLine(DpdkArguments.parse("-l 1"))).contains("--in-memory")
                .noneMatch(word -> word.startsWith("--lcores"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --help                       | "--help" is no option of EAL that can be used here
            --no-hug                     | "--no-hug" is no option of EAL
            -m                           | the option -m of EAL needs a value
            --vdev --no-huge             | the option --vdev of EAL needs a value
            --proc-type=secondary        | EAL must be the primary process here
            --no-huge --in-memory        | EAL takes --no-huge or --in-memory, not both
            -- queue=1                   | "queue=1" is no option of the port
            -- rx-descriptors=0          | give a number from 1 to 32768
            -- rss-key=123               | give pairs of hexadecimal digits
            """)
    void shouldRefuseWhatEalWouldAnswerWithItsUsage(final String text, final String sentence) {
        assertThatThrownBy(() -> DpdkArguments.parse(text)).isInstanceOf(IOException.class)
                .hasMessageContaining(sentence).message().doesNotContain("\n");
    }
}
