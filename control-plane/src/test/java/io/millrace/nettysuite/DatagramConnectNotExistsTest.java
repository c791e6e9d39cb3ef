package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.util.List;
import org.junit.jupiter.params.Parameter;

/** Of one side's datagrams, to a port that nobody has. */
@OverPairings({Pairing.LINK, Pairing.LOCAL, Pairing.NIO_SERVER})
class DatagramConnectNotExistsTest extends io.netty.testsuite.transport.socket.DatagramConnectNotExistsTest {
    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return pair.datagramClients();
    }
}
