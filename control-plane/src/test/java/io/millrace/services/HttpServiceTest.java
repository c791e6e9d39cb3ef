package io.millrace.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServiceTest {
    private static final String HELLO = "Hello from Millrace: TCP without the kernel.\n";

    private final EmbeddedChannel channel = new EmbeddedChannel(new HttpService());

    @AfterEach
    void closeChannel() {
        channel.finishAndReleaseAll();
    }

    /** Sends text, and returns what came back for it. */
    private String ask(final String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        return answer();
    }

    private String answer() {
        final StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.append(next.toString(StandardCharsets.US_ASCII));
            next.release();
        }
        return all.toString();
    }

    private static String request(final String line, final String... headers) {
        final StringBuilder text = new StringBuilder(line).append(" HTTP/1.1\r\nHost: x\r\n");
        for (final String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?a=/b", "http://10.0.0.2", "http://10.0.0.2/", "http://10.0.0.2/?a"})
    void shouldSayHello(final String target) {
        assertThat(ask(request("GET " + target))).startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-length: " + HELLO.length() + "\r\n").endsWith("\r\n\r\n" + HELLO);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldAnswerHeadWithTheHeaderAlone() {
        final String answer = ask(request("HEAD /bytes/1000") + request("HEAD /") + request("GET /bytes/3"));

        assertThat(answer.split("\r\n\r\n", -1)).satisfiesExactly(
                bytes -> assertThat(bytes).startsWith("HTTP/1.1 200 OK").contains("content-length: 1000"),
                hello -> assertThat(hello).startsWith("HTTP/1.1 200 OK").contains("content-length: " + HELLO.length()),
                three -> assertThat(three).startsWith("HTTP/1.1 200 OK").contains("content-length: 3"),
                body -> assertThat(body).isEqualTo("000"));
    }

    @Test
    void shouldSendDeterministicBytesAsTheyAreTaken() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_000, 100_000));
        channel.writeInbound(Unpooled.copiedBuffer(request("GET /bytes/1000000"), StandardCharsets.US_ASCII));
        final ByteBuf header = channel.readOutbound();
        assertThat(header.toString(StandardCharsets.US_ASCII)).contains("content-length: 1000000\r\n");
        header.release();
        long offset = 0;
        for (ByteBuf body = channel.readOutbound(); body != null; body = channel.readOutbound()) {
            assertThat(HexLines.matches(body, offset)).isTrue();
            offset += body.readableBytes();
            body.release();
        }
        assertThat(offset).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "x", "1099511627777", "99999999999999999999", "1/2"})
    void shouldRefuseNumbersThatAreNone(final String number) {
        assertThat(ask(request("GET /bytes/" + number))).startsWith("HTTP/1.1 400 ").contains("0 to 2^40");
    }

    @Test
    void shouldTakeTheLargestNumber() {
        assertThat(ask(request("HEAD /bytes/1099511627776"))).contains("content-length: 1099511627776\r\n");
    }

    @Test
    void shouldAnswerPipelinedRequestsInTheirOrder() {
        final String answers = ask(
                request("GET /bytes/20") + request("POST /echo", "Content-Length: 4") + "abcd" + request("GET /nope")
                        + request("GET /"));

        assertThat(answers).containsSubsequence("content-length: 20", "000000000000000\n0000HTTP/1.1 200 OK",
                "content-length: 4", "abcdHTTP/1.1 404", HELLO);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldEchoWhileTheBodyArrives() {
        assertThat(ask(request("POST /echo", "Transfer-Encoding: chunked"))).contains("transfer-encoding: chunked");
        assertThat(ask("3\r\nabc\r\n")).isEqualTo("3\r\nabc\r\n");
        assertThat(ask("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
        assertThat(ask(request("PUT /echo", "Content-Length: 2") + "xy")).endsWith("\r\n\r\nxy");
    }

    @Test
    void shouldContinueOnlyWhereTheBodyIsWanted() {
        assertThat(ask(request("POST /echo", "Content-Length: 3", "Expect: 100-continue")))
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
        assertThat(ask("abc")).isEqualTo("abc");
        assertThat(ask(request("POST /", "Content-Length: 3", "Expect: 100-continue")))
                .startsWith("HTTP/1.1 405 ").contains("allow: GET, HEAD\r\n");
    }

    @Test
    void shouldNotEndAnEchoWhoseBodyIsBroken() {
        ask(request("POST /echo", "Transfer-Encoding: chunked") + "1\r\na\r\n");

        assertThat(ask("zz\r\n")).doesNotContain("0\r\n\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"GET /nope,404", "DELETE /,405", "GET /echo,405", "POST /bytes/1,405"})
    void shouldSayWhatIsWrongAndGoOn(final String line, final int status) {
        assertThat(ask(request(line))).startsWith("HTTP/1.1 " + status + ' ');
        assertThat(ask(request("GET /"))).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "nonsense\r\n\r\n", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc"})
    void shouldEndTheConnectionAfterABadRequest(final String text) {
        assertThat(ask(text)).startsWith("HTTP/1.1 400 ").contains("connection: close\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldNameTheLimitThatARequestExceeds() {
        assertThat(ask("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 414 ");
        final EmbeddedChannel other = new EmbeddedChannel(new HttpService());
        other.writeInbound(Unpooled.copiedBuffer(request("GET /", "X: " + "a".repeat(20_000)),
                StandardCharsets.US_ASCII));
        final ByteBuf answer = other.readOutbound();
        assertThat(answer.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 431 ");
        answer.release();
        other.finishAndReleaseAll();
    }

    @Test
    void shouldKeepAnOldClientsConnectionOnlyWhereItAsks() {
        assertThat(ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")).contains("connection: keep-alive\r\n");
        assertThat(channel.isOpen()).isTrue();
        assertThat(ask("POST /echo HTTP/1.0\r\n\r\n")).contains("content-length: 0\r\n", "connection: close\r\n")
                .doesNotContain("chunked");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldAnswerNothingBehindTheLastRequest() {
        assertThat(ask(request("GET /bytes/5", "Connection: close") + request("GET /"))).endsWith("\r\n\r\n00000");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldNotReadWhoDoesNotRead() {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(10, 20));
        ask(request("POST /echo", "Content-Length: 100"));
        channel.pipeline().channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldCloseWhoIsSilent() {
        channel.freezeTime();
        ask(request("GET /"));
        channel.advanceTimeBy(119, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldReleaseWhatItThrowsAway() {
        final ByteBuf body = Unpooled.copiedBuffer(request("POST /nope", "Content-Length: 3") + "abc",
                StandardCharsets.US_ASCII);
        channel.writeInbound(body);
        ReferenceCountUtil.release(channel.readOutbound());
        assertThat(body.refCnt()).isZero();
    }
}
