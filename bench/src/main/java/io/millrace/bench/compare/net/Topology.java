package io.millrace.bench.compare.net;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.work.Loops;
import io.millrace.bench.machine.Namespace;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.CloseHelper;

/**
 * Two hosts: a namespace for the client, which is always the kernel's, and one for the server; a veth between them, or, for a
 * TAP, the client's end of it alone. Both kernels send with CUBIC, by their routes: no namespace but the first may
 * choose it otherwise, and with this machine's default a transfer would be bounded by what BBR takes the wire for. Needs
 * root. Thread: the command's.
 */
final class Topology implements AutoCloseable {
    /** Of the client. */
    static final String CLIENT = "10.0.0.2";
    /** Of both. */
    static final String PREFIX = "/24";

    private static final String NETWORK = "10.0.0.0" + PREFIX;
    /** Where the service has further addresses, of which connections that come and go use up the ports. */
    private static final String RANGE = "10.64.0.0/16";
    private static final String LINK = "mr0";
    /** Largest window of the kernels: more than any of these links holds. */
    private static final long MAX_BUFFER = 16 << 20;

    private final Contender contender;
    private final boolean offloads;
    private final Namespace client;
    private final Namespace server;

    private Topology(final Contender contender, final boolean offloads, final Namespace client,
            final Namespace server) {
        this.contender = contender;
        this.offloads = offloads;
        this.client = client;
        this.server = server;
    }

    /**
     * Sets it up.
     *
     * @param contender whose server it is for.
     * @param offloads  whether checksums and segmentation are left to the link; else frames are those of a wire.
     */
    static Topology open(final Contender contender, final boolean offloads) throws IOException {
        final Namespace client = new Namespace(MAX_BUFFER);
        Namespace server = null;
        try {
            server = new Namespace(MAX_BUFFER);
            final Topology topology = new Topology(contender, offloads, client, server);
            topology.join();
            return topology;
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietCloseAll(server, client);
            throw e;
        }
    }

    private void join() throws IOException {
        for (final Namespace end : List.of(client, server)) {
            end.exec("ip", "link", "set", "lo", "up");
        }
        if (isTap()) {
            return;
        }
        server.exec("ip", "link", "add", LINK, "type", "veth", "peer", "name", LINK, "netns", client.name());
        server.exec("ip", "link", "set", LINK, "up");
        client.exec("ip", "link", "set", LINK, "up");
        client.exec("ip", "address", "add", CLIENT + PREFIX, "dev", LINK);
        if (!contender.isMillrace()) {
            // no address where the stack has one, or the kernel would answer, too
            server.exec("ip", "address", "add", Loops.SERVER + PREFIX, "dev", LINK);
            server.exec("ip", "route", "add", "local", RANGE, "dev", "lo");
            direct(server, Loops.SERVER);
        }
        plain(server);
        settleClient();
    }

    /** What can be done only once the server's process has opened its port: a TAP is there from then on. */
    void serverIsUp() throws IOException {
        if (isTap()) {
            settleClient();
        }
    }

    private void settleClient() throws IOException {
        plain(client);
        direct(client, CLIENT);
        client.exec("ip", "route", "add", RANGE, "via", Loops.SERVER, "dev", LINK, "congctl", "cubic");
    }

    private static void direct(final Namespace end, final String address) throws IOException {
        end.exec("ip", "route", "replace", NETWORK, "dev", LINK, "proto", "kernel", "scope", "link", "src", address,
                "congctl", "cubic");
    }

    private void plain(final Namespace end) throws IOException {
        if (!offloads) {
            end.exec("ethtool", "-K", LINK, "tx", "off", "tso", "off", "gso", "off", "gro", "off");
        }
    }

    private boolean isTap() {
        return contender == Contender.MILLRACE_TAP;
    }

    /** Where the partner runs. */
    Namespace client() {
        return client;
    }

    /** Where the server runs. */
    Namespace server() {
        return server;
    }

    /** What a stack is told of it; nothing, where the server is the kernel's. */
    Map<String, String> settings() {
        return switch (contender) {
            case MILLRACE_TAP -> settings("tap", client, Map.of("millrace.port.host-address", CLIENT + PREFIX));
            case MILLRACE_AF_PACKET -> settings("af-packet", server, Map.of());
            case MILLRACE_AF_XDP -> settings("af-xdp", server, Map.of());
            default -> Map.of();
        };
    }

    private Map<String, String> settings(final String kind, final Namespace where, final Map<String, String> more) {
        final Map<String, String> settings = new HashMap<>(more);
        settings.put("millrace.port.device", kind + ":" + LINK + "@" + where.name());
        settings.put("millrace.port.offloads", Boolean.toString(offloads));
        return settings;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(server, client);
    }
}
