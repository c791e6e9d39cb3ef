package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.Parameter;

@OverPairings
class SocketAddressesTest extends io.netty.testsuite.transport.socket.SocketAddressesTest {
    @Parameter
    Pair pair;

    private boolean configuring;

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return pair.sockets();
    }

    @Override
    protected void configure(final ServerBootstrap server, final Bootstrap client, final ByteBufAllocator allocator) {
        configuring = true;
        super.configure(server, client, allocator);
        configuring = false;
    }

    /** Of the server while the bootstraps are configured; then the test asks for one that the client binds to. */
    @Override
    protected SocketAddress newSocketAddress() {
        return configuring ? pair.serverAddress() : pair.clientAddress();
    }

    @Override
    protected void assertAddress(final SocketAddress address) {
        assertThat(address).isInstanceOfSatisfying(InetSocketAddress.class, inet -> {
            assertThat(inet.getAddress()).isIn(pair.serverAddress().getAddress(), pair.clientAddress().getAddress());
            assertThat(inet.getPort()).isPositive();
        });
    }
}
