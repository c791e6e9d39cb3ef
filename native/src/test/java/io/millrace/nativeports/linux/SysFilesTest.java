package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@RequiresNetworkNamespaces
class SysFilesTest {
    private static final String NAME = "only-here";
    private static final String FILE = "class/net/" + NAME + "/ifalias";

    @Test
    void shouldOpenWhatTheThreadsNamespaceHas() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            namespace.run("ip", "tuntap", "add", NAME, "mode", "tap");
            final LinuxCalls calls = new LinuxCalls();
            final int fd = namespace.call(SysFilesTest::open);
            assertThat(calls.close(fd)).isZero();
            assertThatThrownBy(SysFilesTest::open).isInstanceOf(IOException.class)
                    .hasMessage("cannot open /sys/" + FILE + ": ENOENT (no such file or directory)");
        }
    }

    /** As in a container that is not privileged. */
    @Test
    void shouldSayThatTheNamespacesFilesAreReadOnly() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final Process container = new ProcessBuilder("nsenter", "--net=/run/netns/" + namespace.name(), "unshare",
                    "--mount", "sh", "-c",
                    "ip tuntap add " + NAME + " mode tap && mount -t sysfs -o ro sysfs /sys && echo done && exec cat")
                    .redirectErrorStream(true).start();
            try {
                assertThat(container.inputReader().readLine()).isEqualTo("done");
                assertThatThrownBy(() -> namespace.call(SysFilesTest::open)).isInstanceOf(IOException.class)
                        .hasMessage("cannot open /sys/" + FILE + ": EROFS (read-only file system)");
            } finally {
                container.destroy();
                container.waitFor();
            }
        }
    }

    private static int open() throws IOException {
        try (SysFiles files = new SysFiles()) {
            return files.openForWriting(FILE);
        }
    }
}
