package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.Parameter;

/** Of the client alone: the kernel refuses for NIO and epoll alike. */
@OverPairings({Pairing.LINK, Pairing.LOCAL, Pairing.NIO_SERVER})
class SocketConnectionAttemptTest extends io.netty.testsuite.transport.socket.SocketConnectionAttemptTest {
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

    /** Netty's own asks the kernel first whether the host is silent; here the router is. */
    @Test
    @Override
    public void testConnectCancellation(final TestInfo test) throws Throwable {
        run(test, this::testConnectCancellation);
    }
}
