package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the JVM held when this was made, to be compared with what it holds after a test. */
final class Leftovers {
    static {
        // The first socket that is closed opens two descriptors that the JDK keeps.
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            server.accept().close();
            client.getInputStream().read();
        } catch (final IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long bytes = MemoryRegion.bytesInUse();
    private final Map<String, Integer> descriptors = descriptors();

    /** Fails where memory, a thread or a descriptor is left; those that go in the background are waited for. */
    void assertNone() throws Exception {
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes in use").isEqualTo(bytes);
        Await.until("no thread of a stack is left", () -> threads().isEmpty());
        try {
            Await.until("no descriptor is left", () -> added().isEmpty());
        } catch (final AssertionError e) {
            assertThat(added()).as("descriptors beside %s", descriptors).isEmpty();
            throw e;
        }
    }

    /** Kinds of which there are more than before. Fewer are none of the test's: a process before it had not been reaped yet. */
    private Map<String, Integer> added() {
        final Map<String, Integer> now = descriptors();
        now.entrySet().removeIf(kind -> kind.getValue() <= descriptors.getOrDefault(kind.getKey(), 0));
        return now;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("millrace")).toList();
    }

    /** Kinds of open descriptors, with their number. Files are left out: class loading opens jars when it likes to. */
    private static Map<String, Integer> descriptors() {
        final Map<String, Integer> kinds = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (final Path entry : entries) {
                final String target = target(entry);
                if (target.startsWith("/dev/net/") || !target.startsWith("/")) {
                    kinds.merge(target.replaceAll(":\\[\\d+]$", ""), 1, Integer::sum);
                }
            }
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
        return kinds;
    }

    private static String target(final Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (final IOException e) {
            return "/closed meanwhile";
        }
    }
}
