package io.millrace.control.dhcp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the client says, and which messages answer it (RFC 2131 §4.4.1, table 5). Thread: who holds the client's lock. */
final class ClientMessages {
    /** RFC 3442: classless routes before routers. */
    private static final byte[] WANTED = {DhcpOption.SUBNET_MASK, DhcpOption.CLASSLESS_ROUTES, DhcpOption.ROUTERS,
            DhcpOption.INTERFACE_MTU, DhcpOption.LEASE_TIME, DhcpOption.RENEWAL_TIME, DhcpOption.REBINDING_TIME};
    /** What an Ethernet frame takes. */
    private static final int MAX_SIZE = 1_472;

    private final DhcpSettings settings;
    private final Exchange exchange;
    private final byte[] clientId;
    /** A request has the seconds of the discovery before it (RFC 2131 §3.1 (3)). */
    private long discoverySeconds;

    ClientMessages(final DhcpSettings settings, final Exchange exchange) {
        this.settings = settings;
        this.exchange = exchange;
        clientId = new byte[1 + DhcpMessage.MAC_LENGTH];
        clientId[0] = DhcpMessage.ETHERNET;
        for (int i = 0; i < DhcpMessage.MAC_LENGTH; i++) {
            clientId[1 + i] = (byte) (settings.mac() >>> 8 * (DhcpMessage.MAC_LENGTH - 1 - i));
        }
    }

    byte[] discover(final long nowNs) {
        discoverySeconds = exchange.seconds(nowNs);
        return asking(begin(DhcpOption.DISCOVER, discoverySeconds, 0));
    }

    byte[] request(final Lease offered) {
        return asking(begin(DhcpOption.REQUEST, discoverySeconds, 0)
                .intOption(DhcpOption.REQUESTED_ADDRESS, offered.address())
                .intOption(DhcpOption.SERVER_ID, offered.serverId()));
    }

    /** In RENEWING and REBINDING: without the options that name address and server (RFC 2131 §4.3.2). */
    byte[] renew(final Lease mine, final long nowNs) {
        return asking(begin(DhcpOption.REQUEST, exchange.seconds(nowNs), mine.address()));
    }

    byte[] decline(final Lease given) {
        return begin(DhcpOption.DECLINE, 0, 0).intOption(DhcpOption.REQUESTED_ADDRESS, given.address())
                .intOption(DhcpOption.SERVER_ID, given.serverId()).end();
    }

    byte[] release(final Lease mine) {
        return begin(DhcpOption.RELEASE, 0, mine.address()).intOption(DhcpOption.SERVER_ID, mine.serverId()).end();
    }

    /** True where the message answers us, as far as its addresses and names tell. */
    boolean isAnswer(final DhcpMessage message) {
        final byte @Nullable [] named = message.option(DhcpOption.CLIENT_ID);
        // RFC 6842 §3: where it has an identifier that is not ours, it is for another client
        return message.xid == exchange.xid() && message.clientMac == settings.mac()
                && (named == null || Arrays.equals(named, clientId));
    }

    private DhcpWriter begin(final int type, final long seconds, final int clientAddress) {
        return new DhcpWriter(type, exchange.xid(), seconds, clientAddress, settings.mac(), clientId);
    }

    private byte[] asking(final DhcpWriter message) {
        return message.option(DhcpOption.PARAMETER_LIST, WANTED)
                .shortOption(DhcpOption.MAX_MESSAGE_SIZE, MAX_SIZE)
                .textOption(DhcpOption.HOST_NAME, settings.hostName()).end();
    }
}
