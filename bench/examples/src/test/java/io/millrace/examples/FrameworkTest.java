package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * A stack on a TAP device in a network namespace, and the kernel on the other side, with the programs that a framework's
 * users would run there. The stack must leave no memory behind.
 */
@RequiresNetworkNamespaces
@Timeout(60)
public abstract class FrameworkTest {
    protected static final String STACK = "10.78.0.2";
    protected static final String KERNEL = "10.78.0.1";

    private final long bytesBefore = MemoryRegion.bytesInUse();

    private final int engines;

    protected NetworkNamespace kernel;
    protected MillraceEventLoopGroup group;
    private Millrace stack;

    /** @param engines of the stack; as many event loops. */
    protected FrameworkTest(final int engines) {
        this.engines = engines;
    }

    @BeforeEach
    void launch() throws IOException {
        kernel = new NetworkNamespace();
        stack = Millrace.launch(MillraceConfig.parse("""
                millrace.port { device = "tap:mr0@%s", host-address = "%s/24" }
                millrace.ip.addresses = ["%s/24"]
                millrace.threading.engines = %d
                """.formatted(kernel.name(), KERNEL, STACK, engines)));
        group = new MillraceEventLoopGroup(stack);
    }

    @AfterEach
    void shouldLeaveNothingBehind() {
        if (group != null) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
        if (stack != null) {
            stack.close();
        }
        kernel.close();
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes in use").isEqualTo(bytesBefore);
    }

    /** Runs a program on the kernel's side, which must succeed; returns what it printed. */
    protected final String run(final String... command) throws IOException {
        final NetworkNamespace.Output output = kernel.exec(command);
        assertThat(output.exitCode()).as(String.join(" ", command) + ": " + output.text()).isZero();
        return output.text();
    }

    /** Skips the test where a program is not installed. */
    protected static void requireTool(final String program) {
        assumeTrue(Arrays.stream(System.getenv("PATH").split(":")).anyMatch(
                folder -> Files.isExecutable(Path.of(folder, program))), program + " is not installed");
    }

    /** Makes channels of the kernel's transports, with their sockets on the kernel's side of the link. */
    protected final <C extends Channel> ChannelFactory<C> inKernel(final Callable<C> constructor) {
        return () -> {
            try {
                return kernel.call(constructor);
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }
}
