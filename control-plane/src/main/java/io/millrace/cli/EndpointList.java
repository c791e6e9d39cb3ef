package io.millrace.cli;

import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.ObservedEndpoint;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** UDP endpoints in the words of {@code ss -u}, where that has words. Thread: one. */
final class EndpointList {
    private EndpointList() {}

    static void print(final Observer observer, final ConnectionFilter filter, final boolean json,
            final PrintWriter out) throws IOException {
        final List<ObservedEndpoint> chosen = new ArrayList<>();
        observer.endpoints(endpoint -> {
            if (filter.matches(endpoint)) {
                chosen.add(endpoint);
            }
        });
        if (json) {
            chosen.forEach(endpoint -> out.println(JsonText.of(json(endpoint))));
        } else {
            final TextTable table = new TextTable(
                    List.of("State", "Recv-Q", "Datagrams", "Local", "Peer", "Owner"));
            chosen.forEach(endpoint -> table.row(cells(endpoint)));
            table.lines().forEach(out::println);
        }
        out.flush();
    }

    private static List<String> cells(final ObservedEndpoint endpoint) {
        final InetSocketAddress remote = endpoint.remote();
        return List.of(remote == null ? "UNCONNECTED" : "CONNECTED", Integer.toString(endpoint.unreadBytes()),
                Integer.toString(endpoint.waiting()), text(endpoint.local()), remote == null ? "*" : text(remote),
                endpoint.owner());
    }

    private static String text(final InetSocketAddress address) {
        final InetAddress host = address.getAddress();
        return IpAddress.toString(IpAddress.hi(host), IpAddress.lo(host), address.getPort());
    }

    private static Map<String, Object> json(final ObservedEndpoint endpoint) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("local-address", IpAddress.toString(endpoint.local().getAddress()));
        json.put("local-port", endpoint.local().getPort());
        final InetSocketAddress remote = endpoint.remote();
        if (remote != null) {
            json.put("remote-address", IpAddress.toString(remote.getAddress()));
            json.put("remote-port", remote.getPort());
        }
        json.put("engine", endpoint.engine());
        json.put("owner-name", endpoint.owner());
        json.put("waiting", endpoint.waiting());
        json.put("unread", endpoint.unreadBytes());
        json.put("receive-buffer", endpoint.receiveBuffer());
        json.put("send-buffer", endpoint.sendBuffer());
        return json;
    }
}
