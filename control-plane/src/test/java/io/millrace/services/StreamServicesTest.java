package io.millrace.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Echo, discard and chargen. Half-close needs a real channel: the interop tests have it. */
class StreamServicesTest {
    @Test
    void shouldEchoWhatArrives() {
        final EmbeddedChannel channel = new EmbeddedChannel(new EchoHandler());
        final ByteBuf bytes = Unpooled.copiedBuffer(new byte[]{1, 2, 3});

        assertThat(channel.writeInbound(bytes)).isFalse();
        assertThat(channel.<ByteBuf>readOutbound()).isSameAs(bytes);
        bytes.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldNotReadWhoDoesNotReadItsEchoes() {
        final EmbeddedChannel channel = new EmbeddedChannel(new EchoHandler());
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldThrowAwayWhatArrives() {
        final EmbeddedChannel channel = new EmbeddedChannel(new DiscardHandler());
        final ByteBuf bytes = Unpooled.copiedBuffer(new byte[]{1, 2, 3});
        channel.writeInbound(bytes);

        assertThat(bytes.refCnt()).isZero();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldGenerateOnlyWhileThereIsRoom() {
        // Nobody takes the first chunk: EmbeddedChannel writes all at once, so the room is ended by hand.
        final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(final ChannelHandlerContext context) {
                context.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
                context.fireChannelActive();
            }
        }, new ChargenHandler());

        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        channel.finishAndReleaseAll();
    }
}
