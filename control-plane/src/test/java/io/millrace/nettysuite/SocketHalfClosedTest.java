package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings
class SocketHalfClosedTest extends io.netty.testsuite.transport.socket.SocketHalfClosedTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return pair.sockets();
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return pair.serverAddress();
    }

    /**
     * In the cases whose leader, which blocks its loop, is the kernel's; for the others see {@link Excluded}. Netty's own
     * runs both by a method that it keeps to itself.
     */
    @Override
    public void testAutoCloseFalseDoesShutdownOutput(final ServerBootstrap server, final Bootstrap client)
            throws Throwable {
        final Class<?> suite = io.netty.testsuite.transport.socket.SocketHalfClosedTest.class;
        final MethodHandle ofOneCase = MethodHandles.privateLookupIn(suite, MethodHandles.lookup())
                .findStatic(suite, "testAutoCloseFalseDoesShutdownOutput", MethodType.methodType(void.class,
                        boolean.class, boolean.class, ServerBootstrap.class, Bootstrap.class));
        for (final boolean allowHalfClosed : new boolean[]{false, true}) {
            ofOneCase.invokeExact(allowHalfClosed, pair.pairing().serves(), server, client);
        }
    }
}
