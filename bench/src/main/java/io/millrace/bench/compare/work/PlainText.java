package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Answers every request with a line of text, behind Netty's HTTP codec; the answers to what one read has brought leave with
 * one flush, so that pipelined requests cost what they should.
 */
final class PlainText extends ChannelInboundHandlerAdapter {
    private static final ByteBuf TEXT = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
            .writeBytes("Hello, World!".getBytes(StandardCharsets.US_ASCII))).asReadOnly();

    private boolean last;

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        if (message instanceof final HttpRequest request) {
            last |= !HttpUtil.isKeepAlive(request);
            ctx.write(answer(), ctx.voidPromise());
        }
        ReferenceCountUtil.release(message);
    }

    private FullHttpResponse answer() {
        final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
                TEXT.duplicate());
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, TEXT.readableBytes());
        if (last) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        ctx.flush();
        if (last) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        ctx.close();
    }
}
