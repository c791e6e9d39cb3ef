package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings(families = Family.INET6)
class DatagramUnicastIPv6Test extends io.netty.testsuite.transport.socket.DatagramUnicastIPv6Test {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return pair.datagrams();
    }

    /** For the sockets that a test makes itself; bootstraps bind to the address of their side. */
    @Override
    protected SocketAddress newSocketAddress() {
        return pair.clientAddress();
    }
}
