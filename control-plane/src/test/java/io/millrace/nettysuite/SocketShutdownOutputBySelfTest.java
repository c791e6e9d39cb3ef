package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** The peer is a {@link java.net.Socket} that the test makes itself. */
@OverPairings(Pairing.NIO_SERVER)
class SocketShutdownOutputBySelfTest extends io.netty.testsuite.transport.socket.SocketShutdownOutputBySelfTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return pair.clients();
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return pair.serverAddress();
    }
}
