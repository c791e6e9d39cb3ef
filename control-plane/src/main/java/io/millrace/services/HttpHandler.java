package io.millrace.services;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /} says hello, {@code GET /bytes/N} sends N bytes of {@link HexLines}, {@code POST /echo} sends the body
 * back while it arrives. A client that does not read is not read either; pipelined requests wait for their turn; who
 * is silent for two minutes is closed.
 * <p>
 * Thread: the channel's event loop.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
    static final long MAX_BYTES = 1L << 40;
    private static final int MAX_DIGITS = 18;

    private static final String BYTES = "/bytes/";
    private static final String READ_ONLY = "GET, HEAD";
    private static final String ECHOED = "POST, PUT";
    private static final long LINGER_SECONDS = 2;
    private static final byte[] HELLO = "Hello from Millrace: TCP without the kernel.\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final Queue<Object> waiting = new ArrayDeque<>();
    private final ByteSource source = new HttpByteSource();
    private boolean sending;
    private boolean echoing;
    private boolean keepAlive;
    private boolean oldClient;
    private boolean headOnly;
    private boolean ending;

    /** Each chunk is HTTP content. */
    private static final class HttpByteSource extends ByteSource {
        @Override
        Object wrap(final ByteBuf chunk) {
            return new DefaultHttpContent(chunk);
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        if (ending) {
            ReferenceCountUtil.release(message);
        } else if (sending || !waiting.isEmpty()) {
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
        oldClient = !request.protocolVersion().isKeepAliveDefault();
        headOnly = request.method().equals(HttpMethod.HEAD);
        final String path = path(request.uri());
        if (request.decoderResult().isFailure()) {
            refuse(context, statusOf(request.decoderResult().cause()));
        } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_1) && !hasOneHost(request)) {
            refuse(context, HttpResponseStatus.BAD_REQUEST);
        } else if (path.equals("/echo")) {
            beginEcho(context, request);
        } else if (!headOnly && !request.method().equals(HttpMethod.GET)) {
            answerNotAllowed(context, READ_ONLY, "only GET and HEAD here, and POST to /echo\n");
        } else if (path.equals("/")) {
            answer(context, HttpResponseStatus.OK, HELLO);
        } else if (path.startsWith(BYTES)) {
            beginBytes(context, path.substring(BYTES.length()));
        } else {
            answer(context, HttpResponseStatus.NOT_FOUND, "there is /, /bytes/N and, for POST, /echo\n");
        }
    }

    /** The path of a request target: no query, and nothing of an absolute form (RFC 9112 §3.2.2). */
    private static String path(final String target) {
        final int authority = target.startsWith("http://") ? "http://".length() : -1;
        final int slash = authority < 0 ? 0 : target.indexOf('/', authority);
        final int query = target.indexOf('?');
        return slash < 0 ? "/" : target.substring(slash, query < slash ? target.length() : query);
    }

    /** RFC 9112 §3.2: without, or with several, the request must be refused. */
    private static boolean hasOneHost(final HttpRequest request) {
        return request.headers().getAll(HttpHeaderNames.HOST).size() == 1;
    }

    private static HttpResponseStatus statusOf(final Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException line -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException header -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    /** Where the next request begins is not known any more: the connection ends. */
    private void refuse(final ChannelHandlerContext context, final HttpResponseStatus status) {
        keepAlive = false;
        answer(context, status, status.reasonPhrase() + '\n');
    }

    private void onContent(final ChannelHandlerContext context, final HttpContent content) {
        final boolean last = content instanceof LastHttpContent;
        if (!echoing) {
            content.release();
            return;
        }
        if (content.decoderResult().isFailure()) {
            // The answer has begun and can only be cut off: to end it would say that it is whole.
            content.release();
            context.close();
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
            answerNotAllowed(context, ECHOED, "POST to /echo\n");
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
        } else if (HttpUtil.isTransferEncodingChunked(request)) {
            HttpUtil.setTransferEncodingChunked(response, true);
        } else {
            response.headers().set(CONTENT_LENGTH, 0); // RFC 9112 §6.3: there is no body
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
        source.begin(headOnly ? 0 : length);
        sending = true;
        context.channel().config().setAutoRead(false);
        proceed(context);
    }

    private static long parse(final String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        final long length = Long.parseLong(text);
        return length > MAX_BYTES ? -1 : length;
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
            if (ending) {
                ReferenceCountUtil.release(next);
            } else {
                onMessage(context, next);
            }
        }
        context.flush();
        readIfIdle(context);
    }

    private void readIfIdle(final ChannelHandlerContext context) {
        context.channel().config()
                .setAutoRead(ending || !sending && waiting.isEmpty() && context.channel().isWritable());
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
        answer(context, response(status, body));
    }

    private void answerNotAllowed(final ChannelHandlerContext context, final String allowed, final String text) {
        final FullHttpResponse response = response(HttpResponseStatus.METHOD_NOT_ALLOWED,
                text.getBytes(StandardCharsets.US_ASCII));
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        answer(context, response);
    }

    /** The length is that of the body also where HEAD leaves the body away. */
    private FullHttpResponse response(final HttpResponseStatus status, final byte[] body) {
        final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers().set(CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN).set(CONTENT_LENGTH, body.length);
        return response;
    }

    private void answer(final ChannelHandlerContext context, final FullHttpResponse response) {
        connectionHeader(response);
        end(context, response);
    }

    /** HTTP/1.0 takes the connection to be closed unless it is told otherwise. */
    private void connectionHeader(final HttpResponse response) {
        if (!keepAlive) {
            response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
        } else if (oldClient) {
            response.headers().set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** Writes the last of a response; ends the connection behind it where the client asked for that. */
    private void end(final ChannelHandlerContext context, final Object last) {
        if (keepAlive) {
            context.write(last, context.voidPromise());
        } else {
            ending = true;
            context.writeAndFlush(last).addListener(done -> linger(context));
        }
    }

    /**
     * To close while the client still sends would reset the connection, and the reset would overtake the answer
     * (RFC 9112 §9.6): so our side is shut down, and what comes is thrown away until the client closes too.
     */
    private static void linger(final ChannelHandlerContext context) {
        if (context.channel() instanceof final DuplexChannel channel && channel.isActive()) {
            channel.shutdownOutput();
            channel.config().setAutoRead(true);
            context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            context.close();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof IdleStateEvent) {
            context.close();
        } else {
            context.fireUserEventTriggered(event);
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
