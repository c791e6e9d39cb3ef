package io.millrace.examples.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import java.nio.file.Path;

/** Counts its own runs in a Redis server. */
public final class RedisVisits {
    private RedisVisits() {}

    /** @param args the stack's configuration file, and the server: {@code redis://ADDRESS:PORT}. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            try (RedisClient client = new MillraceRedisClient(group, RedisURI.create(args[1]));
                    StatefulRedisConnection<String, String> connection = client.connect()) {
                System.out.println("visit " + connection.sync().incr("visits"));
            }
            group.shutdownGracefully().sync();
        }
    }
}
