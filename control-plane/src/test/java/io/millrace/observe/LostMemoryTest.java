package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.cli.Main;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.socket.MillraceServerSocket;
import io.millrace.socket.MillraceSockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody cuts the file short in which a stack shows itself. In a JVM of its own: such memory may be its end. */
@Timeout(120)
class LostMemoryTest {
    @TempDir
    private Path folder;

    private static Millrace launch(final Path folder, final String control) throws IOException {
        return Millrace.launch(MillraceConfig.parse("""
                millrace {
                  threading.control = %s
                  engine { slab = 16MiB, datagrams = 1MiB, max-connections = 256, max-time-wait = 256 }
                  port.device = memory
                  ip.addresses = ["10.0.0.2/24"]
                  observe.directory = "%s"
                }
                """.formatted(control, folder)));
    }

    private static Path onlyFile(final Path folder) throws IOException {
        return ObservationFiles.in(folder).getFirst();
    }

    private static void cutShort(final Path folder) throws IOException {
        try (FileChannel file = FileChannel.open(onlyFile(folder), StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
    }

    /** The program that loses its memory, and ends by itself once everybody has learnt of it. */
    static final class Program {
        private Program() {}

        public static void main(final String[] arguments) throws Exception {
            final Path folder = Path.of(arguments[0]);
            final Millrace stack = launch(folder, arguments[1]);
            switch (arguments[2]) {
                case "netty" -> serve(stack, folder);
                case "sockets" -> accept(stack, folder);
                default -> closeUndriven(stack, folder);
            }
            System.out.println("closed: " + stack.isClosed());
        }

        private static void serve(final Millrace stack, final Path folder) throws Exception {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            final Channel server = new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter()).bind(80).sync().channel();
            cutShort(folder);
            server.closeFuture().sync();
            group.shutdownGracefully().sync();
        }

        private static void accept(final Millrace stack, final Path folder) throws Exception {
            try (MillraceSockets sockets = new MillraceSockets(stack);
                    MillraceServerSocket server = sockets.listen(new InetSocketAddress(80), 16)) {
                final CountDownLatch failed = new CountDownLatch(1);
                Thread.ofPlatform().start(() -> {
                    try {
                        server.accept();
                    } catch (final IOException e) {
                        failed.countDown();
                    }
                });
                cutShort(folder);
                failed.await();
            }
        }

        private static void closeUndriven(final Millrace stack, final Path folder) throws IOException {
            cutShort(folder);
            stack.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"dedicated, netty", "shared, netty", "dedicated, sockets", "shared, sockets", "shared, nobody"})
    void shouldSayOnceThatTheFileWasCutShortAndEndTheStack(final String control, final String driver)
            throws Exception {
        final Process process = start(Program.class, observed().toString(), control, driver);
        try {
            ends(process, 0);
            assertThat(said()).contains("closed: true");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldEndTheCommandThatServes() throws Exception {
        final Path config = Files.writeString(folder.resolve("my.conf"), "millrace.observe.directory = \"%s\""
                .formatted(observed()));
        final Process process = start(Main.class, "serve", "--port", "memory", "--config", config.toString());
        try {
            while (!said().contains("is ready") && process.isAlive()) {
                Thread.onSpinWait();
            }
            cutShort(observed());
            ends(process, 1);
            assertThat(said()).contains("has ended by itself").doesNotContain("Exception: ");
        } finally {
            process.destroyForcibly();
        }
    }

    private Path observed() {
        return folder.resolve("observed");
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String said() throws IOException {
        return Files.readString(log());
    }

    private Process start(final Class<?> program, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                Memory.REQUIRED_FLAG.replace("--add-exports ", "--add-exports="),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile()).start();
    }

    private void ends(final Process process, final int code) throws IOException, InterruptedException {
        final boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        assertThat(ended).as(said()).isTrue();
        assertThat(process.exitValue()).as(said()).isEqualTo(code);
        assertThat(said()).containsOnlyOnce("was cut short by somebody, to 0 bytes of ")
                .containsOnlyOnce("java.lang.InternalError").doesNotContain("logged once");
        assertThat(ObservationFiles.in(observed())).isEmpty();
    }

    @Test
    void shouldLetNobodyElseOpenTheFile() throws IOException {
        final Path observed = observed();
        try (Millrace stack = launch(observed, "shared")) {
            assertThat(stack.isClosed()).isFalse();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(observed))).isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile(observed))))
                    .isEqualTo("rw-------");
        }
    }
}
