package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.services.EchoHandler;
import io.millrace.services.HttpFetch;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectInteropTest extends KernelInteropBothFamilies {
    private static final long LENGTH = 50L * MIB;
    private static final int TIMEOUT_S = 20;

    @Test
    void shouldRefuseTheKernelWhereNobodyListens() throws Exception {
        launch(true);
        assertThatThrownBy(() -> connectFromKernel(9)).isInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
        assertThat(counter("TcpNoConnection")).as("SYNs until it believed it").isEqualTo(1);
    }

    @Test
    void shouldTellThatTheKernelRefuses() throws Exception {
        launch(true);
        assertThat(connectFromStack(kernelIp(), 9, new ChannelProbe()).await().cause())
                .isInstanceOf(ConnectException.class).hasMessageContaining("Connection refused");
        assertThat(counter("TcpSynRetransmits")).isZero();
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldFetchFromAServerOfTheKernel(final boolean offloads) throws Exception {
        launch(offloads);
        final ServerSocket server = listenInKernel();
        final CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serveOnce(server));
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        group = null; // fetching brings its own
        final HttpFetch.Result result = HttpFetch.get(stack,
                URI.create("http://" + family.host(kernelIp()) + ":" + server.getLocalPort() + "/"),
                new DigestOutputStream(OutputStream.nullOutputStream(), digest), TIMEOUT_S);
        served.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.bytes()).isEqualTo(LENGTH);
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(HexText.sha256(LENGTH));
    }

    @Test
    void shouldFetchFromPython(@TempDir final Path folder) throws Exception {
        requireTool("python3");
        final byte[] page = "a page\n".getBytes(StandardCharsets.US_ASCII);
        Files.write(folder.resolve("page"), page);
        launch(true);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        group = null; // fetching brings its own
        final Process python = kernel.start("python3", "-u", "-m", "http.server", "8000", "--bind", kernelIp(),
                "--directory", folder.toString());
        try (BufferedReader output = python.inputReader()) {
            assertThat(output.readLine()).startsWith("Serving HTTP");
            final ByteArrayOutputStream body = new ByteArrayOutputStream();
            final HttpFetch.Result result = HttpFetch.get(stack,
                    URI.create("http://" + family.host(kernelIp()) + ":8000/page"), body,
                    TIMEOUT_S);
            assertThat(result.status()).isEqualTo(200);
            assertThat(body.toByteArray()).isEqualTo(page);
        } finally {
            python.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldConnectToItself(final boolean offloads) throws Exception {
        launch(offloads);
        serve(7, EchoHandler::new);
        final ChannelProbe client = new ChannelProbe();
        connectFromStack(stackIp(), 7, client).syncUninterruptibly();
        client.send(10L * MIB);
        client.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(client.received).isEqualTo(10L * MIB);
        assertThat(client.corrupt).isFalse();
        assertThat(counter("FramesLocal")).isPositive();
        client.channel().close().syncUninterruptibly();
        awaitNoConnections();
    }

    private void serveOnce(final ServerSocket server) {
        try (Socket socket = accept(server)) {
            final BufferedReader request = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(request.readLine()).isEqualTo("GET / HTTP/1.1");
            while (!request.readLine().isEmpty()) {
                // the headers do not matter
            }
            final OutputStream response = socket.getOutputStream();
            response.write(("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            HexText.write(response, LENGTH);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
