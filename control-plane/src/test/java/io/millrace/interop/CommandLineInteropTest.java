package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresNetworkNamespaces
@Timeout(60)
class CommandLineInteropTest {
    private static final String STACK = KernelInterop.STACK;
    private static final String KERNEL = KernelInterop.KERNEL;
    private static final int EXIT_S = 10;
    private static final int SIGTERM = 143;

    @TempDir
    private Path folder;
    private NetworkNamespace kernel;

    @BeforeEach
    void makeNamespace() throws IOException {
        kernel = new NetworkNamespace();
    }

    @AfterEach
    void shouldLeaveNoDevice() throws IOException {
        assertThat(kernel.exec("ip", "link").text()).doesNotContain("mr0");
        kernel.close();
    }

    @Test
    void shouldServeUntilItIsToldToEnd() throws Exception {
        KernelInterop.requireTool("curl");
        final Path download = folder.resolve("download");
        try (CommandLine serve = start("serve", "--echo", "7", "--http", "80")) {
            serve.awaitOutput("is ready");
            final Process curl = kernel.start("curl", "-sS", "--max-time", "30", "-o", download.toString(),
                    "--limit-rate", "10M", "http://" + STACK + "/bytes/1000000000000");
            Await.until("the download runs", () -> Files.exists(download) && Files.size(download) > 1_000_000);
            serve.process.destroy();
            assertThat(serve.exitCode(EXIT_S)).isEqualTo(SIGTERM);
            assertThat(serve.output()).contains("http listens on", "echo listens on", "closing\n").endsWith("closed\n");
            assertThat(serve.errors()).doesNotContain("Exception");
            assertThat(curl.waitFor()).as("curl knows that something is missing").isNotZero();
        }
    }

    @Test
    void shouldCaptureWhatWiresharkUnderstands() throws Exception {
        KernelInterop.requireTool("curl");
        KernelInterop.requireTool("tshark");
        final Path capture = folder.resolve("capture.pcapng");
        // Without offloads: every checksum is complete, and there are no virtual segments.
        final Path config = Files.writeString(folder.resolve("plain.conf"), "millrace.port.offloads = off\n");
        try (CommandLine serve = start("serve", "--config", config.toString(), "--capture", capture.toString())) {
            serve.awaitOutput("is ready");
            assertThat(kernel.exec("curl", "-sS", "--max-time", "20", "http://" + STACK + "/bytes/100000").exitCode())
                    .isZero();
            serve.process.destroy();
            serve.exitCode(EXIT_S);
        }
        assertThat(tshark(capture, "_ws.malformed or ip.checksum.status == 0 or tcp.checksum.status == 0",
                "frame.number")).isEmpty();
        assertThat(tshark(capture, "tcp.checksum.status == 1 and tcp.len == 1448", "frame.number").lines())
                .as("full segments, with timestamps").hasSizeGreaterThan(50);
        assertThat(tshark(capture, "tcp.flags.syn == 1", "tcp.flags.str")).containsPattern("S\\W*\\n.*A..S");
        assertThat(tshark(capture, "tcp.flags.fin == 1 and ip.src == " + STACK, "frame.number")).isNotEmpty();
        assertThat(tshark(capture, "http.response", "http.response.code")).isEqualTo("200\n");
    }

    @Test
    void shouldFetchFromAnAddressThatItLeases() throws Exception {
        for (final String command : new String[]{"ip tuntap add mr0 mode tap", "ip addr add " + KERNEL + "/24 dev mr0",
                "ip link set mr0 up"}) {
            assertThat(kernel.exec(command.split(" ")).exitCode()).as(command).isZero();
        }
        try (ServerSocket server = listen();
                Dnsmasq dhcp = Dnsmasq.start(kernel, folder, "mr0", "10.77.0.50,10.77.0.51,255.255.255.0,10m")) {
            CompletableFuture.runAsync(() -> answer(server, "200 OK", "a page\n"));
            try (CommandLine fetch = CommandLine.start(kernel, folder, "fetch", "--port", "auto:mr0", "--dhcp",
                    "http://" + KERNEL + ":" + server.getLocalPort() + "/page")) {
                assertThat(fetch.exitCode(3 * EXIT_S)).as(fetch.errors()).isZero();
                assertThat(fetch.output()).isEqualTo("a page\n");
                assertThat(fetch.errors()).contains("auto:mr0 takes tap:mr0; not tun: it has no Ethernet");
            }
            dhcp.awaitLog("DHCPRELEASE(mr0) 10.77.0.5");
        } finally {
            kernel.exec("ip", "link", "del", "mr0");
        }
    }

    @Test
    void shouldSayWhereNoServerGivesAnAddress() throws Exception {
        try (CommandLine fetch = CommandLine.start(kernel, folder, "fetch", "--port", "tap:mr0", "--dhcp", "--timeout",
                "1", "http://" + KERNEL + "/")) {
            assertThat(fetch.exitCode(EXIT_S)).isEqualTo(1);
            assertThat(fetch.errors()).contains("the stack has no address after 1 s: no DHCP server gave one");
        }
    }

    @Test
    void shouldFetchAndTellHowItEnded() throws Exception {
        try (ServerSocket server = listen()) {
            final String url = "http://" + KERNEL + ":" + server.getLocalPort();
            CompletableFuture.runAsync(() -> answer(server, "200 OK", "a page\n"));
            try (CommandLine fetch = start("fetch", url + "/page")) {
                assertThat(fetch.exitCode(EXIT_S)).as(fetch.errors()).isZero();
                assertThat(fetch.output()).isEqualTo("a page\n");
                assertThat(fetch.errors()).contains("HTTP 200, 7 bytes in ");
            }
            CompletableFuture.runAsync(() -> answer(server, "404 Not Found", "no page\n"));
            try (CommandLine fetch = start("fetch", url + "/none")) {
                assertThat(fetch.exitCode(EXIT_S)).isEqualTo(1);
                assertThat(fetch.errors()).contains("HTTP 404");
            }
        }
    }

    @Test
    void shouldTellThatTheServerRefuses() throws Exception {
        try (CommandLine fetch = start("fetch", "http://" + KERNEL + ":9/")) {
            assertThat(fetch.exitCode(EXIT_S)).isEqualTo(1);
            assertThat(fetch.errors()).contains("cannot fetch http://" + KERNEL + ":9/: Connection refused")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void shouldRefuseWrongUsageAndWrongConfiguration() throws Exception {
        final Path config = Files.writeString(folder.resolve("wrong.conf"), "millrace.tcp.mss = 12\n");
        try (CommandLine usage = start("fetch", "--no-such-option", "http://" + KERNEL + "/");
                CommandLine configuration = start("fetch", "--config", config.toString(), "http://" + KERNEL + "/")) {
            assertThat(usage.exitCode(EXIT_S)).isEqualTo(2);
            assertThat(usage.errors()).contains("--no-such-option");
            assertThat(configuration.exitCode(EXIT_S)).isEqualTo(2);
            assertThat(configuration.errors()).contains("wrong.conf", "millrace.tcp.mss", "88");
        }
    }

    private CommandLine start(final String command, final String... more) throws IOException {
        final String[] stack = {command, "--port", "tap:mr0", "--address", STACK + "/24", "--host-address",
                KERNEL + "/24"};
        final String[] line = Arrays.copyOf(stack, stack.length + more.length);
        System.arraycopy(more, 0, line, stack.length, more.length);
        return CommandLine.start(kernel, folder, line);
    }

    /** A server that listens before the interface is there: on every address. */
    private ServerSocket listen() throws Exception {
        return kernel.call(() -> {
            final ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress("0.0.0.0", 0));
            return server;
        });
    }

    private static void answer(final ServerSocket server, final String status, final String body) {
        try (Socket socket = server.accept()) {
            final BufferedReader request = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (!request.readLine().isEmpty()) {
                // the request does not matter
            }
            socket.getOutputStream().write(("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body).getBytes(StandardCharsets.US_ASCII));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One line for each frame that the filter lets pass. */
    private String tshark(final Path capture, final String filter, final String field) throws Exception {
        final Path errors = folder.resolve("tshark.txt");
        final Process process = new ProcessBuilder("tshark", "-r", capture.toString(), "-o", "ip.check_checksum:TRUE",
                "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-e", field)
                .redirectError(errors.toFile()).start();
        try (InputStream output = process.getInputStream()) {
            final String lines = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            return lines;
        }
    }
}
