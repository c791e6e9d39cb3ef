package io.millrace.services;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One GET through a stack's active open. Thread: any; blocks. */
public final class HttpFetch {
    private static final int DEFAULT_PORT = 80;
    private static final int MILLISECONDS = 1_000;
    private static final long SHUTDOWN_MS = 2_000;

    private HttpFetch() {}

    /**
     * What came back.
     *
     * @param status       of the response, e.g. 200.
     * @param bytes        of the body.
     * @param milliseconds from the call to the last byte.
     * @param from         the peer.
     */
    public record Result(int status, long bytes, long milliseconds, SocketAddress from) {}

    /**
     * Fetches.
     *
     * @param timeoutSeconds how long to wait for the connection, and for each further byte.
     * @throws IOException one sentence: what failed.
     */
    public static Result get(final NetworkStack stack, final URI url, final OutputStream body,
            final int timeoutSeconds) throws IOException, InterruptedException {
        final InetSocketAddress peer = peer(url);
        final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
        try {
            stack.awaitAddresses(Duration.ofSeconds(timeoutSeconds));
            final CompletableFuture<Result> result = new CompletableFuture<>();
            final ChannelFuture connected = new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutSeconds * MILLISECONDS)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(final Channel channel) {
                            channel.pipeline().addLast(new ReadTimeoutHandler(timeoutSeconds), new HttpClientCodec(),
                                    new BodyHandler(body, result));
                        }
                    }).connect(peer).await();
            if (!connected.isSuccess()) {
                throw new IOException("cannot fetch " + url + ": " + connected.cause().getMessage(),
                        connected.cause());
            }
            connected.channel().writeAndFlush(request(url));
            final Result done = result.get();
            connected.channel().close().await();
            return done;
        } catch (final ExecutionException e) {
            throw new IOException("cannot fetch " + url + ": " + reason(e.getCause(), timeoutSeconds), e.getCause());
        } finally {
            group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).await();
        }
    }

    private static String reason(final Throwable cause, final int timeoutSeconds) {
        return cause instanceof ReadTimeoutException
                ? "nothing arrived for " + timeoutSeconds + " s"
                : String.valueOf(cause.getMessage());
    }

    private static InetSocketAddress peer(final URI url) throws IOException {
        final byte[] address = NetUtil.createByteArrayFromIpAddressString(url.getHost());
        if (address == null) {
            throw new IOException(url.getHost() + " is no IP address, and there is no resolver");
        }
        return new InetSocketAddress(InetAddress.getByAddress(address),
                url.getPort() < 0 ? DEFAULT_PORT : url.getPort());
    }

    private static HttpRequest request(final URI url) {
        final String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        final HttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET,
                url.getRawQuery() == null ? path : path + '?' + url.getRawQuery());
        request.headers().set(HttpHeaderNames.HOST, url.getRawAuthority())
                .set(HttpHeaderNames.USER_AGENT, "millrace").set(HttpHeaderNames.ACCEPT, "*/*")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return request;
    }

    private static final class BodyHandler extends SimpleChannelInboundHandler<HttpObject> {
        private final OutputStream body;
        private final CompletableFuture<Result> result;
        private final long startNs = System.nanoTime();
        private int status;
        private long bytes;

        BodyHandler(final OutputStream body, final CompletableFuture<Result> result) {
            this.body = body;
            this.result = result;
        }

        @Override
        protected void channelRead0(final ChannelHandlerContext context, final HttpObject message)
                throws IOException {
            if (message.decoderResult().isFailure()) {
                throw new IOException("the response is not HTTP: " + message.decoderResult().cause().getMessage());
            }
            if (message instanceof final HttpResponse response) {
                status = response.status().code();
            }
            if (message instanceof final HttpContent content) {
                final ByteBuf part = content.content();
                bytes += part.readableBytes();
                part.readBytes(body, part.readableBytes());
                if (content instanceof LastHttpContent) {
                    result.complete(new Result(status, bytes, (System.nanoTime() - startNs) / 1_000_000,
                            context.channel().remoteAddress()));
                }
            }
        }

        @Override
        public void channelInactive(final ChannelHandlerContext context) {
            result.completeExceptionally(new IOException("the peer closed before the response was complete"));
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            result.completeExceptionally(cause);
            context.close();
        }
    }
}
