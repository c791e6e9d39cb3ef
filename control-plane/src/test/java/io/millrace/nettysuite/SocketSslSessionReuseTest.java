package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@OverPairings
class SocketSslSessionReuseTest extends io.netty.testsuite.transport.socket.SocketSslSessionReuseTest {
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

    /** Netty's own runs it with OpenSSL too. */
    @ParameterizedTest
    @MethodSource("jdkOnly")
    @Override
    public void testSslSessionTrustManagerResumption(final SslContextBuilder server, final SslContextBuilder client,
            final TestInfo test) throws Throwable {
        super.testSslSessionTrustManagerResumption(server, client, test);
    }
}
