package io.millrace.nettysuite;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** The peer is a {@link java.net.Socket} that the test makes itself. */
@OverPairings(Pairing.NIO_CLIENT)
class SocketShutdownOutputByPeerTest extends io.netty.testsuite.transport.socket.SocketShutdownOutputByPeerTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
        return pair.servers();
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return pair.serverAddress();
    }
}
