package io.millrace.nettysuite;

import io.millrace.fastpath.port.MemoryLink;
import java.io.IOException;
import java.util.List;

/** Two stacks of two engines each, joined by the memory link. */
final class LinkGround implements Ground {
    private final SuiteStack server;
    private final SuiteStack client;

    LinkGround() throws IOException {
        final MemoryLink link = MemoryLink.builder().queues(2).build();
        server = new SuiteStack("10.78.1.1", "fd78:1::1", link.side(0), Ground.threads("link-server"));
        client = new SuiteStack("10.78.1.2", "fd78:1::2", link.side(1), Ground.threads("link-client"));
    }

    @Override
    public Side server(final Pairing pairing, final Family family) {
        return server.side(family);
    }

    @Override
    public Side client(final Pairing pairing, final Family family) {
        return client.side(family);
    }

    @Override
    public List<SuiteStack> stacks() {
        return List.of(server, client);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
