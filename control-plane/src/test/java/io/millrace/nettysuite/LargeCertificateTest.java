package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In place of Netty's {@code SocketSslLargeCertificateTest}: a client's certificate of one to many segments, with the
 * TLS of the JDK, over the transports of the pairing.
 */
@OverPairings
@Timeout(60)
class LargeCertificateTest {
    /** Something that a certificate may carry and nobody looks at. */
    private static final String EXTENSION = "1.2.840.113635.100.6.2.1";
    private static final CertificateBuilder KEYS = new CertificateBuilder().ecp256().setKeyUsage(true,
            KeyUsage.digitalSignature, KeyUsage.keyCertSign);

    @Parameter
    Pair pair;

    @ParameterizedTest
    @ValueSource(ints = {1_000, 4_000, 16_000, 30_000})
    void shouldExchangeACertificateOfManySegments(final int length) throws Exception {
        final X509Bundle root = KEYS.copy().subject("cn=root.example").setIsCertificateAuthority(true)
                .buildSelfSigned();
        final X509Bundle server = KEYS.copy().subject("cn=server.example").addExtendedKeyUsageServerAuth()
                .buildIssuedBy(root);
        final byte[] ballast = new byte[length];
        ThreadLocalRandom.current().nextBytes(ballast);
        final X509Bundle client = KEYS.copy().subject("cn=client.example").addExtendedKeyUsageClientAuth()
                .addExtensionOctetString(EXTENSION, false, ballast).buildIssuedBy(root);
        final Handshake atServer = new Handshake(SslContextBuilder.forServer(server.toKeyManagerFactory())
                .trustManager(root.toTrustManagerFactory()).clientAuth(ClientAuth.REQUIRE).build());
        final Handshake atClient = new Handshake(SslContextBuilder.forClient()
                .keyManager(client.toKeyManagerFactory()).trustManager(root.toTrustManagerFactory())
                .endpointIdentificationAlgorithm(null).build());
        final ServerBootstrap bootstrap = pair.newServer().childHandler(atServer);
        final Channel listening = bootstrap.bind(pair.serverAddress()).sync().channel();
        pair.newClient().handler(atClient).connect(listening.localAddress()).sync();
        assertThat(atServer.done.get(30, TimeUnit.SECONDS).isSuccess()).isTrue();
        assertThat(atClient.done.get(30, TimeUnit.SECONDS).isSuccess()).isTrue();
    }

    /** One end of the connection, which tells how the handshake ended. */
    private static final class Handshake extends ChannelInitializer<Channel> {
        final CompletableFuture<SslHandshakeCompletionEvent> done = new CompletableFuture<>();
        private final SslContext context;

        Handshake(final SslContext context) {
            this.context = context;
        }

        @Override
        protected void initChannel(final Channel channel) {
            channel.pipeline().addLast(context.newHandler(channel.alloc()), new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
                    if (event instanceof final SslHandshakeCompletionEvent completion) {
                        done.complete(completion);
                    }
                }
            });
        }
    }
}
