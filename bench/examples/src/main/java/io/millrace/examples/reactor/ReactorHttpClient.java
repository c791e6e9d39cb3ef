package io.millrace.examples.reactor;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.nio.file.Path;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** A reactive HTTP client, with Reactor Netty's pool of connections. */
public final class ReactorHttpClient {
    private static final int AT_ONCE = 20;

    private ReactorHttpClient() {}

    /** @param args the stack's configuration file, and the address to fetch. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            fetch(on(group), List.of(args[1])).doOnNext(System.out::print).blockLast();
            group.shutdownGracefully().sync();
        }
    }

    static HttpClient on(final EventLoopGroup group) {
        return HttpClient.create()
                .runOn(new MillraceLoopResources(group))
                // Names are resolved by the JDK: Netty's own resolver would want a datagram channel of the group.
                .resolver(DefaultAddressResolverGroup.INSTANCE);
    }

    /** Fetches twenty at once, on as many connections; the bodies in the order of the addresses. */
    static Flux<String> fetch(final HttpClient client, final List<String> addresses) {
        return Flux.fromIterable(addresses).flatMapSequential(address -> body(client, address), AT_ONCE);
    }

    private static Mono<String> body(final HttpClient client, final String address) {
        return client.get().uri(address).responseSingle((response, body) -> body.asString());
    }
}
