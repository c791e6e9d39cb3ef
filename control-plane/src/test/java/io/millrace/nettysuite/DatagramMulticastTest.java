package io.millrace.nettysuite;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings
class DatagramMulticastTest extends io.netty.testsuite.transport.socket.DatagramMulticastTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        assumeTrue(pair.family() == Family.INET, "its group is one of IPv4");
        return pair.datagrams();
    }
}
