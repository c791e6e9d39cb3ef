package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** Of the client alone: it never comes to a connection. */
@OverPairings({Pairing.LINK, Pairing.LOCAL, Pairing.NIO_SERVER})
class WriteBeforeRegisteredTest extends io.netty.testsuite.transport.socket.WriteBeforeRegisteredTest {
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
