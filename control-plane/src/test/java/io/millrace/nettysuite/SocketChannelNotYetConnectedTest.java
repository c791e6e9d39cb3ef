package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** The test makes a server of NIO itself. */
@OverPairings(Pairing.NIO_SERVER)
class SocketChannelNotYetConnectedTest extends io.netty.testsuite.transport.socket.SocketChannelNotYetConnectedTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return pair.clients();
    }

    @Override
    protected SocketAddress newSocketAddress() {
        return pair.clientAddress();
    }
}
