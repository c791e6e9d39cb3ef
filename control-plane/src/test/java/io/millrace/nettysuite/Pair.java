package io.millrace.nettysuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.InvocationInterceptor.Invocation;

/** What a class of the suite runs on: the two sides of one pairing. Thread: JUnit's. */
final class Pair {
    private final Pairing pairing;
    private final Family family;
    private final Supplier<Ground> ground;
    private OpenChannels channels = new OpenChannels();
    private @Nullable Ground made;

    /** @param ground made only if a test is run. */
    Pair(final Pairing pairing, final Family family, final Supplier<Ground> ground) {
        this.pairing = pairing;
        this.family = family;
        this.ground = ground;
    }

    Pairing pairing() {
        return pairing;
    }

    Family family() {
        return family;
    }

    private Ground made() {
        if (made == null) {
            made = ground.get();
        }
        return made;
    }

    private Side server() {
        return made().server(pairing, family);
    }

    private Side client() {
        return made().client(pairing, family);
    }

    /** Where the server listens, on a port that it chooses. */
    InetSocketAddress serverAddress() {
        return new InetSocketAddress(server().address(), 0);
    }

    /** Where the client connects from, with a port that it chooses. */
    InetSocketAddress clientAddress() {
        return new InetSocketAddress(client().address(), 0);
    }

    /** For tests of both sides: one pair of bootstraps. */
    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> sockets() {
        return List.of(new BootstrapComboFactory<>() {
            @Override
            public ServerBootstrap newServerInstance() {
                return newServer();
            }

            @Override
            public Bootstrap newClientInstance() {
                return newClient();
            }
        });
    }

    /** For tests of the client. */
    List<BootstrapFactory<Bootstrap>> clients() {
        return List.of(this::newClient);
    }

    /** For tests of the server. */
    List<BootstrapFactory<ServerBootstrap>> servers() {
        return List.of(this::newServer);
    }

    ServerBootstrap newServer() {
        final Side side = server();
        return new Server(new HereIsTheServer(side.address())).group(side.group())
                .channelFactory(channels.noting(side.servers()));
    }

    Bootstrap newClient() {
        final Side side = client();
        return new Bootstrap().group(side.group()).channelFactory(channels.noting(side.clients()))
                .resolver(new HereIsTheServer(server().address()));
    }

    /** For tests of datagrams: a bootstrap that binds and one that sends. */
    List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagrams() {
        return List.of(new BootstrapComboFactory<>() {
            @Override
            public Bootstrap newServerInstance() {
                return newDatagrams(server());
            }

            @Override
            public Bootstrap newClientInstance() {
                return newDatagrams(client());
            }
        });
    }

    /** For tests of one side's datagrams. */
    List<BootstrapFactory<Bootstrap>> datagramClients() {
        return List.of(() -> newDatagrams(client()));
    }

    private Bootstrap newDatagrams(final Side side) {
        return new Datagrams(side.address()).group(side.group())
                .channelFactory(channels.noting(side.datagrams())).resolver(new HereIsTheServer(server().address()));
    }

    /** Runs a test. */
    void run(final Invocation<Void> test) throws Throwable {
        made().run(test);
    }

    /** Closes what a test has left open; then nothing of its connections may be left. */
    void finish() throws Exception {
        if (made == null) {
            // nothing was run
            return;
        }
        channels.close();
        channels = new OpenChannels();
        for (final SuiteStack stack : made.stacks()) {
            stack.awaitNoConnections();
        }
    }

    /** As the results of the tests name it. */
    @Override
    public String toString() {
        return family == Family.INET ? pairing.name() : pairing + " over " + family;
    }

    /** Binds to the address of its side, of whichever the test has asked for one. */
    private static final class Datagrams extends Bootstrap {
        private final InetAddress own;

        Datagrams(final InetAddress own) {
            this.own = own;
        }

        @Override
        public ChannelFuture bind(final SocketAddress address) {
            final InetSocketAddress inet = (InetSocketAddress) address;
            return super.bind(
                    inet.getAddress().isAnyLocalAddress() ? inet : new InetSocketAddress(own, inet.getPort()));
        }
    }

    /** Binds to the address of its side where a test names the loopback. */
    private static final class Server extends ServerBootstrap {
        private final HereIsTheServer addresses;

        Server(final HereIsTheServer addresses) {
            this.addresses = addresses;
        }

        @Override
        public ChannelFuture bind(final SocketAddress address) {
            return super.bind(addresses.meant((InetSocketAddress) address));
        }
    }
}
