package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings(families = Family.INET6)
class DatagramMulticastIPv6Test extends io.netty.testsuite.transport.socket.DatagramMulticastIPv6Test {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return pair.datagrams();
    }
}
