package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The DHCP server of many home routers, in a namespace, on one interface. Thread: JUnit's. */
final class Dnsmasq implements AutoCloseable {
    private final Process process;
    private final Path log;

    private Dnsmasq(final Process process, final Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param range first address, last address, mask and time, separated by commas. */
    static Dnsmasq start(final NetworkNamespace kernel, final Path folder, final String device, final String range,
            final String... options) throws Exception {
        KernelInterop.requireTool("dnsmasq");
        final Path log = Files.createTempFile(folder, "dnsmasq", ".log");
        final List<String> command = new ArrayList<>(List.of("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                "--user=root", "--port=0", "--no-ping", "--dhcp-authoritative", "--log-dhcp",
                "--interface=" + device, "--dhcp-range=" + range, "--dhcp-leasefile=" + folder.resolve("leases"),
                "--pid-file=" + folder.resolve("dnsmasq.pid"), "--log-facility=" + log));
        command.addAll(List.of(options));
        final Dnsmasq server = new Dnsmasq(kernel.start(command.toArray(String[]::new)), log);
        Await.until("dnsmasq serves", () -> {
            if (!server.process.isAlive()) {
                throw new AssertionError(new String(server.process.getInputStream().readAllBytes(),
                        StandardCharsets.UTF_8));
            }
            return server.log().contains("DHCP, IP range");
        });
        return server;
    }

    /** What it has written. */
    String log() throws IOException {
        return Files.readString(log);
    }

    void awaitLog(final String text) throws Exception {
        Await.until("dnsmasq says '" + text + "'", () -> log().contains(text));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
