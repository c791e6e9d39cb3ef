package io.millrace.examples.reactor;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;

/** A reactive HTTP server: {@code GET /}, {@code GET /count/N}, {@code POST /echo}. */
public final class ReactorHttpServer {
    private ReactorHttpServer() {}

    /** @param args the stack's configuration file, and the port. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            start(group, Integer.parseInt(args[1])).onDispose().block();
        }
    }

    static DisposableServer start(final EventLoopGroup group, final int port) {
        return HttpServer.create()
                .runOn(new MillraceLoopResources(group))
                .port(port)
                .route(ReactorHttpServer::addRoutes)
                .bindNow();
    }

    private static void addRoutes(final HttpServerRoutes routes) {
        routes.get("/", (request, response) -> response.sendString(Mono.just("Hello from Reactor Netty\n")))
                .get("/count/{to}", (request, response) -> response.sendString(
                        Flux.range(1, Integer.parseInt(request.param("to"))).map(number -> number + "\n")))
                .post("/echo", (request, response) -> response.send(request.receive().retain()));
    }
}
