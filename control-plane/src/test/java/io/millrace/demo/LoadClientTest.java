package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.services.HttpService;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demonstration's client against its server, and what it says where something corrupts the bytes in between. */
class LoadClientTest {
    private static final int REQUESTS = 6;

    private final Tally tally = new Tally(1);
    private final EmbeddedChannel server = new EmbeddedChannel(new HttpService());
    private final EmbeddedChannel client = new EmbeddedChannel(new HttpClientCodec(),
            new LoadClient(tally, 1, REQUESTS, "server"));

    @AfterEach
    void closeChannels() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    /** Carries bytes to and fro until nothing moves any more. */
    private void run(final Consumer<ByteBuf> onAnswer) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (ByteBuf next = client.readOutbound(); next != null; next = client.readOutbound()) {
                server.writeInbound(next);
                moved = true;
            }
            for (ByteBuf next = server.readOutbound(); next != null; next = server.readOutbound()) {
                onAnswer.accept(next);
                if (client.isOpen()) {
                    client.writeInbound(next);
                } else {
                    next.release();
                }
                moved = true;
            }
        }
    }

    @Test
    void shouldCompareEveryByteOfEveryAnswer() throws InterruptedException {
        run(answer -> {});

        assertThat(tally.await(0)).isTrue();
        assertThat(tally.isRight(REQUESTS)).isTrue();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldSeeOneWrongByte() {
        final int[] corrupted = new int[1];
        run(answer -> {
            final int last = answer.writerIndex() - 1;
            final boolean isBody = last > 100 && answer.getByte(0) != 'H';
            if (isBody && corrupted[0] == 0) {
                corrupted[0]++;
                answer.setByte(last, answer.getByte(last) ^ 1);
            }
        });

        assertThat(corrupted[0]).isOne();
        assertThat(tally.isRight(REQUESTS)).isFalse();
        assertThat(tally.verdict(REQUESTS)).isEqualTo("NOT every byte was right.");
    }

    @Test
    void shouldCountAConnectionThatEndsBeforeItsLastAnswer() throws InterruptedException {
        final Tally one = new Tally(1);
        final EmbeddedChannel early = new EmbeddedChannel(new HttpClientCodec(), new LoadClient(one, 1, 1, "server"));
        early.finishAndReleaseAll();

        assertThat(one.await(0)).isTrue();
        assertThat(one.isRight(0)).as("the connection is broken").isFalse();
    }
}
