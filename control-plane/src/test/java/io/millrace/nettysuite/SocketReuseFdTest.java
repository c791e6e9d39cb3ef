package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.AbstractSocketReuseFdTest;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** For handles of connections what the reuse of descriptors is for the kernel's. */
@OverPairings
class SocketReuseFdTest extends AbstractSocketReuseFdTest {
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
