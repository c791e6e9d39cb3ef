package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings
class SocketObjectEchoTest extends io.netty.testsuite.transport.socket.SocketObjectEchoTest {
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
}
