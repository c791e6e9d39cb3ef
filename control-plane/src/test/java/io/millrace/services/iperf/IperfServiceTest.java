package io.millrace.services.iperf;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol by hand; the real iperf3 is in the interop tests. */
class IperfServiceTest {
    private static final String COOKIE = "c".repeat(36) + '\0';

    private final IperfService service = new IperfService();
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertThat(service.current()).as("the test of a closed connection").isNull();
    }

    private EmbeddedChannel connect() {
        final EmbeddedChannel channel = new EmbeddedChannel(service);
        channel.freezeTime();
        channels.add(channel);
        return channel;
    }

    private EmbeddedChannel connect(final String cookie) {
        final EmbeddedChannel channel = connect();
        channel.writeInbound(Unpooled.copiedBuffer(cookie, StandardCharsets.US_ASCII));
        return channel;
    }

    private static ByteBuf json(final String text) {
        return Unpooled.buffer().writeInt(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void state(final EmbeddedChannel channel, final int state) {
        channel.writeInbound(Unpooled.buffer(1).writeByte(state));
    }

    /** What the server has said since the last look. */
    private static byte[] said(final EmbeddedChannel channel) {
        channel.runPendingTasks();
        final ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        final byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    @Test
    void shouldCountWhatTheClientSends() {
        final EmbeddedChannel control = connect(COOKIE);
        assertThat(said(control)).containsExactly(State.PARAM_EXCHANGE);
        final ByteBuf wanted = json("{\"tcp\":true,\"parallel\":2}");
        while (wanted.isReadable()) {
            control.writeInbound(wanted.readBytes(1));
        }
        wanted.release();
        assertThat(said(control)).containsExactly(State.CREATE_STREAMS);
        final EmbeddedChannel first = connect(COOKIE);
        assertThat(said(control)).isEmpty();
        final EmbeddedChannel second = connect(COOKIE);
        assertThat(said(control)).containsExactly(State.TEST_START, State.TEST_RUNNING);
        assertThat(connect(COOKIE).isOpen()).as("one too many").isFalse();
        first.writeInbound(Unpooled.wrappedBuffer(new byte[1_000]));
        second.writeInbound(Unpooled.wrappedBuffer(new byte[234]));
        state(control, State.TEST_END);
        channels.forEach(EmbeddedChannel::runPendingTasks);
        assertThat(said(control)).isEmpty();
        second.runPendingTasks();
        assertThat(said(control)).containsExactly(State.EXCHANGE_RESULTS);
        control.writeInbound(json("{\"streams\":[{\"id\":1},{\"id\":3}]}"));
        final byte[] results = said(control);
        assertThat(results[results.length - 1]).isEqualTo((byte) State.DISPLAY_RESULTS);
        assertThat(new String(results, StandardCharsets.US_ASCII)).contains("\"sender_has_retransmits\":-1",
                "{\"id\":1,\"bytes\":1000,\"retransmits\":-1,", "{\"id\":3,\"bytes\":234,\"retransmits\":-1,");
        state(control, State.IPERF_DONE);
        assertThat(control.isOpen()).isFalse();
        assertThat(first.isOpen()).as("ends with its control connection").isFalse();
    }

    @Test
    void shouldBeBusyUntilTheFirstHasGone() {
        final EmbeddedChannel control = connect(COOKIE);
        final EmbeddedChannel other = connect(COOKIE.replace('c', 'd'));
        assertThat(said(other)).containsExactly(State.ACCESS_DENIED);
        assertThat(other.isOpen()).isFalse();
        assertThat(connect(COOKIE).isOpen()).as("a stream that comes too early").isFalse();
        control.close();
        assertThat(said(connect(COOKIE.replace('c', 'd')))).containsExactly(State.PARAM_EXCHANGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"udp\":true}", "{\"sctp\":1}", "{\"parallel\":129}", "{\"parallel\":0}", "{\"len\":0}",
            "{\"len\":2000000}", "{\"omit\":-1}", "{\"bandwidth\":-1}"})
    void shouldRefuseWhatItDoesNotHave(final String parameters) {
        final EmbeddedChannel control = connect(COOKIE);
        said(control);
        control.writeInbound(json(parameters));
        assertThat(said(control)).containsExactly(State.SERVER_ERROR, 0, 0, 0, State.NOT_IMPLEMENTED, 0, 0, 0, 0);
        assertThat(control.isOpen()).isFalse();
    }

    @Test
    void shouldEndWithWhoSaysNothingOfUse() {
        final EmbeddedChannel silent = connect();
        silent.writeInbound(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII));
        silent.advanceTimeBy(10, TimeUnit.SECONDS);
        silent.runScheduledPendingTasks();
        assertThat(silent.isOpen()).isFalse();
        final EmbeddedChannel idle = connect(COOKIE);
        for (int i = 0; i < 2; i++) {
            assertThat(idle.isOpen()).isTrue();
            idle.advanceTimeBy(60, TimeUnit.SECONDS);
            idle.runScheduledPendingTasks();
        }
        assertThat(idle.isOpen()).isFalse();
        final EmbeddedChannel large = connect(COOKIE);
        large.writeInbound(Unpooled.buffer().writeInt(-1));
        assertThat(large.isOpen()).isFalse();
        final EmbeddedChannel wrong = connect(COOKIE);
        wrong.writeInbound(json("{\"a\""));
        assertThat(wrong.isOpen()).isFalse();
        final EmbeddedChannel early = connect(COOKIE);
        early.writeInbound(json("{}"));
        state(early, State.TEST_END);
        assertThat(early.isOpen()).isFalse();
    }
}
