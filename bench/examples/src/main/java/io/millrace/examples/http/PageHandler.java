package io.millrace.examples.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Says hello to GET, gives back what was posted. The same for both versions of HTTP. */
final class PageHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    static final int MAX_BODY_LENGTH = 16 << 20;

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final FullHttpRequest request) {
        if (request.method().equals(HttpMethod.GET)) {
            answer(context, HttpResponseStatus.OK, text("Hello from Netty on Millrace\n"));
        } else if (request.method().equals(HttpMethod.POST)) {
            answer(context, HttpResponseStatus.OK, request.content().retain());
        } else {
            answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, text("GET and POST here\n"));
        }
    }

    private static ByteBuf text(final String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static void answer(final ChannelHandlerContext context, final HttpResponseStatus status,
            final ByteBuf body) {
        final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(CONTENT_TYPE, "text/plain; charset=utf-8").set(CONTENT_LENGTH, body.readableBytes());
        context.writeAndFlush(response);
    }
}
