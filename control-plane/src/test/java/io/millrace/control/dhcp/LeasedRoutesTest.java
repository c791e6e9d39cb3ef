package io.millrace.control.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.AddressChanges;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.address.Routing;
import io.millrace.control.RecordingCommands;
import io.millrace.fastpath.control.EngineCommands;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lease among the stack's addresses and routes, and what engines and waiting threads learn of it. */
class LeasedRoutesTest {
    private static final Cidr LEASED = Cidr.parse("10.0.0.77/24");

    private final PublishedRoutes routes = new PublishedRoutes(
            RouteTable.of(List.of(Cidr.parse("192.168.0.2/24")), List.of()));
    private final RecordingCommands engine = new RecordingCommands();
    private final AddressChanges changes = new AddressChanges(routes, new EngineCommands[]{engine});
    private final LeasedRoutes leased = new LeasedRoutes(routes.link(0), true, mtu -> engine.linkMtuV4(0, mtu));

    private static Lease lease(final String... through) {
        return lease(Lease.ANY_MTU, through);
    }

    private static Lease lease(final int mtu, final String... through) {
        return new Lease(LEASED, 0x0A00_0001, 1, 2, 3, List.of(through).stream().map(Route::parse).toList(),
                List.of(Cidr.parse("10.77.0.0/16")), mtu);
    }

    private void inUse() {
        routes.state(LEASED.address(), OwnAddress.State.PREFERRED);
    }

    @Test
    void shouldUseAnAddressOnlyAfterItWasTried() {
        final Lease lease = lease("0.0.0.0/0 via 10.0.0.1", "10.99.0.0/16 via 10.77.1.1");
        leased.onLease(null, lease, "by 10.0.0.1");
        assertThat(routes.current()).hasToString("192.168.0.2/24, 10.0.0.77/24 (tentative), on-link 10.77.0.0/16, "
                + "0.0.0.0/0 via 10.0.0.1, 10.99.0.0/16 via 10.77.1.1");
        inUse();
        assertThat(routes.current().addresses()).contains(LEASED);
        assertThat(routes.current().isOnLink(0, 0xFFFF_0A4D_0505L)).as("10.77.5.5").isTrue();
        assertThat(engine.take()).isEmpty();
        leased.onLease(lease, null, "expired");
        assertThat(routes.current()).hasToString("192.168.0.2/24");
        assertThat(routes.current().isOnLink(0, 0xFFFF_0A4D_0505L)).isFalse();
        assertThat(engine.take()).containsExactly("addresses removed");
    }

    @Test
    void shouldChangeRoutesWithoutTakingTheAddressAway() {
        final Lease first = lease("0.0.0.0/0 via 10.0.0.1");
        leased.onLease(null, first, "by 10.0.0.1");
        inUse();
        leased.onLease(first, lease("0.0.0.0/0 via 10.0.0.9"), "prolonged");
        assertThat(routes.current())
                .hasToString("192.168.0.2/24, 10.0.0.77/24, on-link 10.77.0.0/16, 0.0.0.0/0 via 10.0.0.9");
        assertThat(engine.take()).as("connections go on").isEmpty();
    }

    @Test
    void shouldTellEnginesHowLongPacketsMayBeWhileTheLeaseLasts() {
        final Lease first = lease(1_400);
        leased.onLease(null, first, "by 10.0.0.1");
        assertThat(engine.take()).containsExactly("link mtu v4 1400");
        leased.onLease(first, lease(1_400), "prolonged");
        assertThat(engine.take()).as("no news").isEmpty();
        final Lease wider = lease(1_450);
        leased.onLease(first, wider, "prolonged");
        assertThat(engine.take()).containsExactly("link mtu v4 1450");
        leased.onLease(wider, null, "expired");
        assertThat(engine.take()).containsExactly("link mtu v4 " + Integer.MAX_VALUE);
    }

    @Test
    void shouldLeaveAnAddressThatIsSetAsItIs() {
        routes.addAddress(LEASED);
        final Lease lease = lease();
        leased.onLease(null, lease, "by 10.0.0.1");
        leased.onLease(lease, null, "expired");
        assertThat(routes.current().addresses()).contains(LEASED);
        assertThat(engine.take()).isEmpty();
    }

    @Test
    void shouldDeclineALeaseThatCannotBeUsedAndAskForAnother() {
        routes.addAddress(LEASED);
        try (DhcpRig rig = new DhcpRig(leased)) {
            leased.tell(rig.client);
            rig.bindUntried(ServerSays.lease());
            assertThat(rig.next()).as("at once").isZero();
            assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DECLINE);
            assertThat(rig.next()).as("RFC 2131 §3.1 (5): ten seconds").isEqualTo(10_000);
            assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DISCOVER);
            assertThat(routes.current().addresses()).contains(LEASED);
        }
    }

    @Test
    void shouldTakeAwayWhatTheLeaseGaveBeforeWhereItsSuccessorCannotBeUsed() {
        final Lease first = lease();
        leased.onLease(null, first, "by 10.0.0.1");
        inUse();
        leased.onLease(first,
                new Lease(Cidr.parse("192.168.0.2/24"), 0x0A00_0001, 1, 2, 3, List.of(), List.of(), Lease.ANY_MTU),
                "by 10.0.0.1");
        assertThat(routes.current()).hasToString("192.168.0.2/24");
    }

    @Test
    void shouldKeepAnAddressThatIsConfiguredWhileItIsLeased() {
        final Route route = Route.parse("0.0.0.0/0 via 10.0.0.1");
        final Lease lease = lease(route.toString());
        leased.onLease(null, lease, "by 10.0.0.1");
        inUse();
        final Routing was = RouteTable.of(List.of(Cidr.parse("192.168.0.2/24")), List.of()).routing();
        final Routing both = RouteTable.of(List.of(Cidr.parse("192.168.0.2/24"), LEASED), List.of(route)).routing();
        reload(was, both);
        leased.onLease(lease, lease(route.toString()), "prolonged");
        leased.onLease(lease, null, "expired");
        assertThat(routes.current()).hasToString("192.168.0.2/24, 10.0.0.77/24, 0.0.0.0/0 via 10.0.0.1");
        assertThat(engine.take()).as("connections go on").isEmpty();
    }

    @Test
    void shouldKeepAnAddressThatIsStillLeasedWhereItIsConfiguredNoMore() {
        final Lease lease = lease("0.0.0.0/0 via 10.0.0.1");
        leased.onLease(null, lease, "by 10.0.0.1");
        inUse();
        final Routing was = RouteTable.of(List.of(Cidr.parse("192.168.0.2/24")), List.of()).routing();
        final Routing both = RouteTable.of(List.of(Cidr.parse("192.168.0.2/24"), LEASED), lease.routes()).routing();
        reload(was, both);
        reload(both, was);
        assertThat(routes.current()).hasToString(
                "192.168.0.2/24, 10.0.0.77/24, on-link 10.77.0.0/16, 0.0.0.0/0 via 10.0.0.1");
        leased.onLease(lease, null, "expired");
        assertThat(routes.current()).hasToString("192.168.0.2/24");
    }

    private void reload(final Routing before, final Routing next) {
        leased.configured(next);
        routes.update(now -> leased.keep(now, now.reconfigured(before, next)));
    }

    @Test
    void shouldLoseOnlyTheRouteThatCannotBe() {
        leased.onLease(null, lease("0.0.0.0/0 via 192.168.0.2", "10.88.0.0/16 via 10.0.0.1"), "by 10.0.0.1");
        inUse();
        assertThat(routes.current()).hasToString("192.168.0.2/24, 10.0.0.77/24, on-link 10.77.0.0/16, "
                + "10.88.0.0/16 via 10.0.0.1");
    }

    @Test
    void shouldTellTheClientWhatBecameOfTheAddress() {
        try (DhcpRig rig = new DhcpRig(leased)) {
            leased.tell(rig.client);
            rig.bindUntried(ServerSays.lease());
            final long trying = rig.client.nextDeadlineNs();
            inUse();
            assertThat(rig.client.nextDeadlineNs()).as("T1").isLessThan(trying);
            routes.state(LEASED.address(), OwnAddress.State.DUPLICATE);
            assertThat(engine.take()).as("given up").containsExactly("addresses removed");
            rig.next();
            assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DECLINE);
            assertThat(routes.current()).hasToString("192.168.0.2/24");
        }
    }

    @Test
    void shouldUseAnAddressAtOnceWhereItIsNotToBeTried() {
        final LeasedRoutes untried = new LeasedRoutes(routes.link(0), false, mtu -> {});
        try (DhcpRig rig = new DhcpRig(untried)) {
            untried.tell(rig.client);
            rig.bindUntried(ServerSays.lease());
            assertThat(routes.current().addresses()).contains(LEASED);
            assertThat(rig.client.nextDeadlineNs()).as("T1").isLessThanOrEqualTo(rig.nowNs + 500_000_000_000L);
        }
    }

    @Test
    void shouldLetThreadsWaitForAnAddress() throws Exception {
        assertThat(changes.await(0)).isTrue();
        routes.removeAddress(Cidr.parse("192.168.0.2/24").address());
        assertThat(changes.await(1)).isFalse();
        final Thread later = Thread.ofVirtual().start(() -> {
            leased.onLease(null, lease(), "by 10.0.0.1");
            inUse();
        });
        assertThat(changes.await(20_000_000_000L)).isTrue();
        later.join();
        assertThat(routes.current().addresses()).containsExactly(LEASED);
    }
}
