package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How EAL starts, or does not: there is one in a JVM, so each test has a JVM of its own. EAL may say nothing itself, neither
 * its banner nor its usage: what stands on the terminal is one line of ours for each device.
 */
@RequiresDpdk("net_null")
@Timeout(120)
class DpdkStartTest {
    private static final String LIBRARIES = "/usr/lib/%s-linux-gnu/librte_%s.so.23";

    /** Opens the devices that its arguments are, one after the other, and closes them. */
    static final class Program {
        private Program() {}

        public static void main(final String[] arguments) throws IOException {
            for (final String argument : arguments) {
                System.out.println(result(argument));
            }
        }

        private static String result(final String argument) throws IOException {
            final DpdkDeviceProvider provider = new DpdkDeviceProvider();
            if (provider.unavailabilityCause() != null) {
                return "not available: " + provider.unavailabilityCause();
            }
            final String before = processors();
            try (PacketDevice device = provider.open(new DeviceRequest(argument, 1_500, 1, 16, true, false, null))) {
                device.queue(0).receive(new long[1], 0, 1, 0);
                return processors().equals(before) ? "open, processors as before" : "bound to " + processors();
            } catch (final IOException e) {
                return e.getMessage();
            }
        }

        /** Of the calling thread. */
        private static String processors() throws IOException {
            return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow();
        }
    }

    private static List<String> lines(final List<String> wrapper, final String... devices) throws Exception {
        final List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                Memory.REQUIRED_FLAG.replace("--add-exports ", "--add-exports="), "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Program.class.getName()));
        command.addAll(List.of(devices));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said.lines().filter(line -> !line.startsWith("SLF4J")).toList();
        } finally {
            process.destroyForcibly();
        }
    }

    /** EAL is told to keep to processor 0, and binds the thread that starts it there for good. */
    @Test
    void shouldNotBindTheThreadThatOpensADevice() throws Exception {
        assertThat(lines(List.of(), "--no-huge -m 64 --no-pci -l 0 --vdev=net_null0"))
                .containsExactly("open, processors as before");
    }

    @Test
    void shouldOpenDevicesOneAfterTheOtherWithTheOneEalThatThereIs() throws Exception {
        assertThat(lines(List.of(), "--no-huge -m 64 --no-pci --vdev=net_null0",
                "--no-huge -m 64 --no-pci --vdev=net_null1,copy=1", "--vdev=net_null0",
                "--no-huge -m 65 --vdev=net_null0"))
                .containsExactly("open, processors as before", "open, processors as before",
                        "open, processors as before",
                        "EAL runs already in this JVM with other options, and there is one in a JVM; give the"
                                + " same, --no-huge -m64 --no-pci, or none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --no-huge --no-pci --lcores 0@999   | invalid parameter for --lcores
            --no-huge --no-pci -l 4000          | invalid core list
            --no-huge --no-pci -m 99999999      | Cannot
            --no-huge --no-pci -d nowhere.so    | nowhere.so
            --no-huge --no-pci --iova-mode=none | invalid parameters for --iova-mode
            """)
    void shouldSayWhyEalDoesNotStartInOneLineAndTryNoSecondTime(final String options, final String sentence)
            throws Exception {
        final List<String> lines = lines(List.of(), options + " --vdev=net_null0", "--no-huge --vdev=net_null0");
        assertThat(lines).as("lines").hasSize(2);
        assertThat(lines.getFirst()).startsWith("EAL does not start (--no-huge --no-pci ").contains(sentence);
        assertThat(lines.getLast())
                .startsWith("EAL could not be started before in this JVM, which allows no second try: ")
                .endsWith(lines.getFirst());
    }

    @Test
    void shouldSayThatNoHugepageIsFree() throws Exception {
        assumeTrue(Eal.freeHugepages() == 0, "hugepages are free here");
        assertThat(lines(List.of(), "--no-pci --vdev=net_null0")).hasSize(1).first().asString()
                .startsWith("no hugepage is free; reserve some as root");
    }

    /** Where a library is there but is none: in a mount namespace of the child, an empty file lies over it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eal          | not available: librte_eal.so.23 cannot be loaded; install DPDK 22.11 again
            mempool_ring | not available: librte_mempool_ring.so.23 is missing; install DPDK 22.11
            net_null     | no driver of DPDK takes net_null0; install it, on Debian 12: apt-get install librte-net-null23
            """)
    void shouldSayWhatToInstall(final String library, final String sentence) throws Exception {
        final Path file = Path
                .of(LIBRARIES.formatted(System.getProperty("os.arch").replace("amd64", "x86_64"), library));
        assumeTrue(Files.exists(file), file + " is not there");
        final List<String> namespace = List.of("unshare", "--mount", "--map-root-user", "sh", "-c",
                "mount --bind /dev/null " + file.toRealPath() + " && exec \"$@\"", "sh");
        assumeTrue(canUnshare(), "mount namespaces are closed to this user");
        assertThat(lines(namespace, "--no-huge -m 64 --no-pci --vdev=net_null0")).hasSize(1).first().asString()
                .startsWith(sentence);
    }

    private static boolean canUnshare() throws Exception {
        return new ProcessBuilder("unshare", "--mount", "--map-root-user", "true").start().waitFor() == 0;
    }
}
