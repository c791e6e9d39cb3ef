package io.millrace.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.WrappedDevice;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop whose own task closes the stack goes on for a while, when the device is closed and its memory gone. */
@Timeout(60)
class ClosedByItsLoopTest {
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final List<String> late = new CopyOnWriteArrayList<>();
    private final MemoryLink link = MemoryLink.builder().build();
    private volatile boolean portClosed;
    private Millrace stack;

    @BeforeEach
    void launch() throws Exception {
        stack = Millrace.builder(MillraceConfig.parse("millrace { ip.addresses = [\"10.0.0.1/24\"]\n"
                + "engine { slab = 16MiB, max-connections = 256, max-time-wait = 256 } }"))
                .device(new WrappedDevice(link.side(0), this::watched)).launch();
    }

    /** Notes every call after the last that is allowed, and does not make it. */
    private PacketPort watched(final PacketPort port) {
        return (PacketPort) Proxy.newProxyInstance(PacketPort.class.getClassLoader(), new Class<?>[]{PacketPort.class},
                (proxy, method, arguments) -> {
                    if (portClosed) {
                        late.add(method.getName());
                        throw new IllegalStateException("the port is closed");
                    }
                    portClosed = method.getName().equals("close");
                    try {
                        return method.invoke(port, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        stack.close();
        link.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldNotTouchThePortOfAStackThatATaskOfTheSocketsHasClosed() throws Exception {
        try (MillraceSockets sockets = new MillraceSockets(stack)) {
            final CountDownLatch done = new CountDownLatch(1);
            sockets.room(0).submit(() -> {
                stack.close();
                done.countDown();
            });
            done.await();
            assertThat(portClosed).isTrue();
        }
        assertThat(late).isEmpty();
    }

    @Test
    void shouldNotTouchThePortOfAStackThatATaskOfTheEventLoopHasClosed() throws Exception {
        final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
        group.next().submit(stack::close).sync();
        assertThat(portClosed).isTrue();
        group.next().submit(() -> {}).sync();
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        assertThat(late).isEmpty();
    }

    @Test
    void shouldNotTouchThePortOfAStackWhoseLoopEndsInTheSameTask() throws Exception {
        final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
        group.next().submit(() -> {
            stack.close();
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }).sync();
        group.terminationFuture().sync();
        assertThat(portClosed).isTrue();
        assertThat(late).isEmpty();
    }
}
