package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** Binds to the wildcard of both families and is reached by IPv4. */
@OverPairings(families = Family.MAPPED)
class DatagramUnicastIPv6MappedTest extends io.netty.testsuite.transport.socket.DatagramUnicastIPv6MappedTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return pair.datagrams();
    }

    /** Where a socket that is bound to the wildcard is reached: at an address of IPv4, as Netty's own test does. */
    @Override
    protected InetSocketAddress convertAnyAddress(final InetSocketAddress address) {
        return address.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(pair.serverAddress().getAddress(), address.getPort())
                : address;
    }
}
