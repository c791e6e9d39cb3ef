package io.millrace.demo;

import io.millrace.services.HexLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.SplittableRandom;

/**
 * One connection's requests, one after the other: {@code GET /bytes/N} and {@code POST /echo} in turn, of random length;
 * every byte of every answer is compared. Thread: the channel's event loop.
 */
final class LoadClient extends SimpleChannelInboundHandler<HttpObject> {
    private static final int LONGEST = 40_000;

    private final Tally tally;
    private final SplittableRandom random;
    private final String host;
    private int left;
    private boolean answered;
    private int expected;
    private int received;
    private int status;
    private boolean right;
    private long startNs;

    LoadClient(final Tally tally, final long seed, final int requests, final String host) {
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.left = requests;
        this.host = host;
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        next(context.channel());
    }

    private void next(final Channel channel) {
        if (left == 0) {
            channel.close();
            return;
        }
        left--;
        expected = random.nextInt(LONGEST + 1);
        received = 0;
        right = true;
        answered = false;
        startNs = System.nanoTime();
        channel.writeAndFlush((left & 1) == 0 ? get() : post(channel));
    }

    private FullHttpRequest get() {
        final FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET,
                "/bytes/" + expected, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, host);
        return request;
    }

    private FullHttpRequest post(final Channel channel) {
        final ByteBuf body = channel.alloc().directBuffer(Math.max(1, expected));
        HexLines.write(body, 0, expected);
        final FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/echo",
                body);
        request.headers().set(HttpHeaderNames.HOST, host).set(HttpHeaderNames.CONTENT_LENGTH, expected);
        return request;
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final HttpObject message) {
        if (message instanceof final HttpResponse response) {
            status = response.status().code();
        }
        if (message instanceof final HttpContent content) {
            right &= HexLines.matches(content.content(), received);
            received += content.content().readableBytes();
            if (content instanceof LastHttpContent) {
                final boolean whole = right && status == HttpResponseStatus.OK.code() && received == expected
                        && message.decoderResult().isSuccess();
                answered = true;
                tally.onResponse(System.nanoTime() - startNs, received, whole);
                next(context.channel());
            }
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        tally.onConnectionOver(left == 0 && answered);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        tally.onFailure(cause);
        context.close();
    }
}
