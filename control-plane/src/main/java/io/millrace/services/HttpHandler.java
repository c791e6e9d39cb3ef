package io.millrace.services;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /} says hello, {@code GET /bytes/N} sends N bytes of {@link HexLines}, {@code POST /echo} sends the body
 * back while it arrives. A client that does not read is not read either; pipelined requests wait for their turn.
 * <p>
 * Thread: the channel's event loop.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
    static final long MAX_BYTES = 1L << 40;

    private static final String BYTES = "/bytes/";
    private static final byte[] HELLO = "Hello from Millrace: TCP without the kernel.\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final Queue<Object> waiting = new ArrayDeque<>();
    private final ByteSource source = new HttpByteSource();
    private boolean sending;
    private boolean echoing;
    private boolean keepAlive;

    /** Each chunk is HTTP content. */
    private static final class HttpByteSource extends ByteSource {
        @Override
        Object wrap(final ByteBuf chunk) {
            return new DefaultHttpContent(chunk);
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        if (sending || !waiting.isEmpty()) {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
        } else {
            onMessage(context, message);
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        context.flush();
    }

    private void onMessage(final ChannelHandlerContext context, final Object message) {
        if (message instanceof final HttpRequest request) {
            onRequest(context, request);
        }
        if (message instanceof final HttpContent content) {
            onContent(context, content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onRequest(final ChannelHandlerContext context, final HttpRequest request) {
        keepAlive = HttpUtil.isKeepAlive(request);
        final String path = request.uri();
        if (request.decoderResult().isFailure()) {
            keepAlive = false;
            answer(context, HttpResponseStatus.BAD_REQUEST, "bad request\n");
        } else if (path.equals("/echo")) {
            beginEcho(context, request);
        } else if (!request.method().equals(HttpMethod.GET)) {
            answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET here, and POST to /echo\n");
        } else if (path.equals("/")) {
            answer(context, HttpResponseStatus.OK, HELLO);
        } else if (path.startsWith(BYTES)) {
            beginBytes(context, path.substring(BYTES.length()));
        } else {
            answer(context, HttpResponseStatus.NOT_FOUND, "there is /, /bytes/N and, for POST, /echo\n");
        }
    }

    private void onContent(final ChannelHandlerContext context, final HttpContent content) {
        final boolean last = content instanceof LastHttpContent;
        if (!echoing) {
            content.release();
            return;
        }
        echoing = !last;
        if (last) {
            end(context, content);
        } else {
            context.write(content, context.voidPromise());
        }
    }

    private void beginEcho(final ChannelHandlerContext context, final HttpRequest request) {
        if (!request.method().equals(HttpMethod.POST) && !request.method().equals(HttpMethod.PUT)) {
            answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "POST to /echo\n");
            return;
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            context.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    Unpooled.EMPTY_BUFFER), context.voidPromise());
        }
        final HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        if (HttpUtil.isContentLengthSet(request)) {
            response.headers().set(CONTENT_LENGTH, HttpUtil.getContentLength(request));
        } else {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
        connectionHeader(response);
        echoing = true;
        context.write(response, context.voidPromise());
    }

    private void beginBytes(final ChannelHandlerContext context, final String text) {
        final long length = parse(text);
        if (length < 0) {
            answer(context, HttpResponseStatus.BAD_REQUEST, "/bytes/N: N must be a number from 0 to 2^40\n");
            return;
        }
        final HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN).set(CONTENT_LENGTH, length);
        connectionHeader(response);
        context.write(response, context.voidPromise());
        source.begin(length);
        sending = true;
        context.channel().config().setAutoRead(false);
        proceed(context);
    }

    private static long parse(final String text) {
        try {
            final long length = Long.parseLong(text);
            return length > MAX_BYTES ? -1 : length;
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    /** Sends on, then turns to the requests that wait. */
    private void proceed(final ChannelHandlerContext context) {
        if (sending && !source.pump(context)) {
            return;
        }
        if (sending) {
            sending = false;
            end(context, LastHttpContent.EMPTY_LAST_CONTENT);
        }
        for (Object next = waiting.poll(); next != null; next = sending ? null : waiting.poll()) {
            onMessage(context, next);
        }
        context.flush();
        readIfIdle(context);
    }

    private void readIfIdle(final ChannelHandlerContext context) {
        context.channel().config().setAutoRead(!sending && waiting.isEmpty() && context.channel().isWritable());
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            proceed(context);
        } else {
            context.channel().config().setAutoRead(false);
        }
        context.fireChannelWritabilityChanged();
    }

    private void answer(final ChannelHandlerContext context, final HttpResponseStatus status, final String text) {
        answer(context, status, text.getBytes(StandardCharsets.US_ASCII));
    }

    private void answer(final ChannelHandlerContext context, final HttpResponseStatus status, final byte[] body) {
        final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                Unpooled.wrappedBuffer(body));
        response.headers().set(CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN).set(CONTENT_LENGTH, body.length);
        connectionHeader(response);
        end(context, response);
    }

    private void connectionHeader(final HttpResponse response) {
        if (!keepAlive) {
            response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** Writes the last of a response; closes behind it where the client asked for that. */
    private void end(final ChannelHandlerContext context, final Object last) {
        if (keepAlive) {
            context.write(last, context.voidPromise());
        } else {
            context.writeAndFlush(last).addListener(done -> context.close());
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        for (@Nullable
        Object next = waiting.poll(); next != null; next = waiting.poll()) {
            ReferenceCountUtil.release(next);
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        context.close();
    }
}
