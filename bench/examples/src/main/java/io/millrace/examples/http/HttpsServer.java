package io.millrace.examples.http;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;

/** An HTTPS server: HTTP/2 for who asks for it by ALPN (RFC 7301), HTTP/1.1 for the others. */
public final class HttpsServer {
    private HttpsServer() {}

    /** @param args the stack's configuration file, the port, a PKCS #12 key store and its password. */
    public static void main(final String... args) throws Exception {
        final SslContext tls = tls(Path.of(args[2]), args[3].toCharArray());
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            start(group, Integer.parseInt(args[1]), tls).closeFuture().sync();
        }
    }

    static Channel start(final EventLoopGroup group, final int port, final SslContext tls)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(MillraceServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()), new HttpVersionHandler());
                    }
                })
                .bind(port).sync().channel();
    }

    /** TLS by the JDK, with the key of a key store. */
    static SslContext tls(final Path keyStore, final char[] password) throws IOException, GeneralSecurityException {
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(keyStore.toFile(), password), password);
        return SslContextBuilder.forServer(keys)
                .sslProvider(SslProvider.JDK)
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
                .build();
    }
}
