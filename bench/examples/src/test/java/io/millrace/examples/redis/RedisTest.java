package io.millrace.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.millrace.examples.FrameworkTest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisTest extends FrameworkTest {
    private static final int PORT = 6379;

    private RedisServer server;
    private MillraceRedisClient client;

    RedisTest() {
        super(1);
    }

    @BeforeEach
    void start() throws Exception {
        requireTool("redis-server");
        server = RedisServer.start(kernel, KERNEL, PORT);
        client = new MillraceRedisClient(group, RedisURI.create(KERNEL, PORT));
    }

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void shouldSetAndGet() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            final RedisCommands<String, String> redis = connection.sync();
            assertThat(redis.set("stack", "Millrace")).isEqualTo("OK");
            assertThat(redis.get("stack")).isEqualTo("Millrace");
            assertThat(redis.clientList()).contains("addr=" + STACK + ":");
        }
    }

    @Test
    void shouldKeepALongValue() {
        final byte[] value = new byte[5_000_000];
        new Random(1).nextBytes(value);
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            final byte[] key = {1};
            connection.sync().set(key, value);
            assertThat(connection.sync().get(key)).isEqualTo(value);
        }
    }

    @Test
    void shouldPipelineThousandsOfCommands() throws Exception {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            final List<RedisFuture<Long>> counts = IntStream.range(0, 10_000)
                    .mapToObj(i -> connection.async().incr("visits")).toList();
            assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(40), counts.toArray(RedisFuture[]::new))).isTrue();
            assertThat(counts.getFirst().get()).isEqualTo(1);
            assertThat(counts.getLast().get()).isEqualTo(10_000);
        }
    }

    @Test
    void shouldReceiveWhatIsPublished() throws Exception {
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                StatefulRedisConnection<String, String> publisher = client.connect()) {
            subscriber.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(final String channel, final String message) {
                    received.add(channel + ": " + message);
                }
            });
            subscriber.sync().subscribe("news");
            publisher.sync().publish("news", "the mill runs");
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("news: the mill runs");
        }
    }

    @Test
    void shouldConnectAgainWhereTheServerWasRestarted() throws Exception {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().set("stack", "Millrace");
            server.close();
            final RedisFuture<String> waiting = connection.async().get("stack");
            server = RedisServer.start(kernel, KERNEL, PORT);
            assertThat(waiting.get(40, TimeUnit.SECONDS)).as("a server that was restarted has forgotten").isNull();
        }
    }

    @Test
    void shouldTellThatNobodyListens() {
        assertThatExceptionOfType(RedisConnectionException.class)
                .isThrownBy(() -> client.connect(RedisURI.create(KERNEL, PORT + 1)))
                .havingRootCause().withMessageContaining("refused");
    }
}
