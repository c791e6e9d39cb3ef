package io.millrace.control.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.counters.ControlCounter;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machine of RFC 2131 §4.4, message by message, in virtual time. */
class DhcpClientTest {
    private static final int EVERYBODY = -1;
    private static final String CLIENT_ID = "01024d52000007";
    private static final String ADDRESS = "0a00004d";
    private static final String SERVER = "0a000001";
    private static final long OTHER_MAC = 0x02_99_99_99_99_99L;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private DhcpRig rig = new DhcpRig();

    @AfterEach
    void close() {
        rig.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldDiscoverAndRequest() {
        final ClientSaid discover = rig.untilSaid();
        assertThat(discover.type()).isEqualTo(DhcpOption.DISCOVER);
        assertThat(discover.source()).isZero();
        assertThat(discover.destination()).isEqualTo(EVERYBODY);
        assertThat(discover.clientAddress()).isZero();
        assertThat(discover.mac()).isEqualTo(DhcpRig.MAC);
        assertThat(discover.flags()).as("it hears unicast before it has an address").isZero();
        assertThat(discover.length()).isGreaterThanOrEqualTo(300);
        assertThat(discover.options()).containsEntry(61, CLIENT_ID).containsEntry(12, "6d696c6c")
                .containsEntry(57, "05c0").containsOnlyKeys(12, 55, 57, 61);
        assertThat(discover.options().get(55)).as("121 before 3, RFC 3442").contains("7903");
        rig.answer(ServerSays.lease().type(DhcpOption.OFFER).xid(discover.xid()));
        final ClientSaid request = rig.said.remove();
        assertThat(request.type()).isEqualTo(DhcpOption.REQUEST);
        assertThat(request.xid()).isEqualTo(discover.xid());
        assertThat(request.seconds()).isEqualTo(discover.seconds());
        assertThat(request.source()).isZero();
        assertThat(request.destination()).isEqualTo(EVERYBODY);
        assertThat(request.clientAddress()).isZero();
        assertThat(request.options()).containsEntry(50, ADDRESS).containsEntry(54, SERVER)
                .containsEntry(61, CLIENT_ID);
        rig.answer(ServerSays.lease().xid(request.xid()));
        assertThat(rig.leases).containsExactly("got 10.0.0.77/24, by 10.0.0.1");
        assertThat(rig.client.nextDeadlineNs() - rig.nowNs).as("while it is tried").isEqualTo(1_000_000_000_000L);
        rig.client.onTried(true);
        assertThat(rig.client.nextDeadlineNs() - rig.nowNs).isLessThanOrEqualTo(500_000_000_000L);
        assertThat(rig.said).isEmpty();
        assertThat(rig.count(ControlCounter.DHCP_SENT)).isEqualTo(2);
        assertThat(rig.count(ControlCounter.DHCP_LEASES)).isEqualTo(1);
        assertThat(rig.count(ControlCounter.DHCP_IGNORED)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAskAgainAndAgainWhereNobodyAnswers(final long seed) {
        rig.close();
        rig = new DhcpRig(seed, new DhcpSettings(0, DhcpRig.MAC, "", true));
        final ClientSaid first = rig.untilSaid();
        long elapsedMs = 0;
        for (final long seconds : new long[]{4, 8, 16, 32, 64, 64, 64}) {
            final long tookMs = rig.next();
            elapsedMs += tookMs;
            assertThat(tookMs).isBetween(seconds * 1_000 - 1_000, seconds * 1_000 + 1_000);
            final ClientSaid again = rig.said.remove();
            assertThat(again.type()).isEqualTo(DhcpOption.DISCOVER);
            assertThat(again.xid()).isEqualTo(first.xid());
            assertThat((long) again.seconds()).isBetween(elapsedMs / 1_000 - 1, elapsedMs / 1_000 + 1);
        }
    }

    @Test
    void shouldBeginAnewWhereTheServerDoesNotGiveWhatItOffered() {
        final ClientSaid discover = rig.untilSaid();
        rig.answer(ServerSays.lease().type(DhcpOption.OFFER).xid(discover.xid()));
        for (int i = 0; i < 4; i++) {
            final ClientSaid request = rig.untilSaid();
            assertThat(request.type()).isEqualTo(DhcpOption.REQUEST);
            assertThat(request.xid()).isEqualTo(discover.xid());
        }
        final ClientSaid anew = rig.untilSaid();
        assertThat(anew.type()).isEqualTo(DhcpOption.DISCOVER);
        assertThat(anew.xid()).isNotEqualTo(discover.xid());
    }

    @Test
    void shouldTakeTheFirstOfferAndLeaveTheOthersAlone() {
        final ClientSaid discover = rig.untilSaid();
        final ServerSays offer = ServerSays.lease().type(DhcpOption.OFFER).xid(discover.xid());
        rig.answer(offer);
        rig.answer(offer.with(DhcpOption.SERVER_ID, 10, 0, 0, 2));
        assertThat(rig.said).hasSize(1);
        assertThat(rig.said.remove().options()).containsEntry(54, SERVER);
        rig.answer(ServerSays.lease().xid(discover.xid()).with(DhcpOption.SERVER_ID, 10, 0, 0, 2));
        rig.answer(ServerSays.lease().xid(discover.xid()).type(DhcpOption.NAK).with(DhcpOption.SERVER_ID, 10, 0, 0, 2));
        assertThat(rig.count(ControlCounter.DHCP_IGNORED)).isEqualTo(3);
        assertThat(rig.untilSaid().type()).as("still asks the first").isEqualTo(DhcpOption.REQUEST);
    }

    @Test
    void shouldRenewWithItsServerInTime() {
        rig.bind(ServerSays.lease());
        final long boundNs = rig.nowNs;
        final ClientSaid renew = rig.untilSaid();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(rig.nowNs - boundNs)).as("T1, half of the lease, less the spread")
                .isBetween(460L, 500L);
        assertThat(renew.type()).isEqualTo(DhcpOption.REQUEST);
        assertThat(renew.source()).isEqualTo(ServerSays.ADDRESS);
        assertThat(renew.destination()).isEqualTo(ServerSays.SERVER);
        assertThat(renew.link()).isZero();
        assertThat(renew.clientAddress()).isEqualTo(ServerSays.ADDRESS);
        assertThat(renew.options()).doesNotContainKeys(50, 54).containsEntry(61, CLIENT_ID);
        rig.answer(ServerSays.lease().xid(renew.xid()));
        assertThat(rig.leases).last().isEqualTo("got 10.0.0.77/24, prolonged by 10.0.0.1");
        assertThat(rig.count(ControlCounter.DHCP_LEASES)).isEqualTo(2);
        final long renewedNs = rig.nowNs;
        final ClientSaid again = rig.untilSaid();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(rig.nowNs - renewedNs)).isBetween(460L, 500L);
        assertThat(again.xid()).isNotEqualTo(renew.xid());
    }

    @Test
    void shouldAskEverybodyWhereItsServerIsSilentAndLoseTheLeaseWhereAllAre() {
        rig.bind(ServerSays.lease());
        final long boundNs = rig.nowNs;
        final List<String> asked = new ArrayList<>();
        while (rig.lease != null) {
            rig.next();
            while (!rig.said.isEmpty()) {
                final ClientSaid said = rig.said.remove();
                if (said.type() == DhcpOption.REQUEST) {
                    asked.add((said.destination() == EVERYBODY ? "all " : "server ") + said.clientAddress()
                            + " " + said.options().containsKey(54));
                }
            }
        }
        final String server = "server " + ServerSays.ADDRESS + " false";
        final String all = "all " + ServerSays.ADDRESS + " false";
        // after T1 at about 490 s: half of what is left to T2, 875 s, and no more often than once a minute
        assertThat(asked).startsWith(server, server, server).endsWith(all, all).doesNotContainSequence(all, server)
                .hasSizeBetween(6, 9);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(rig.nowNs - boundNs)).isEqualTo(1_000);
        assertThat(rig.leases).last().isEqualTo("lost 10.0.0.77/24, it expired, and no server answered");
        assertThat(rig.count(ControlCounter.DHCP_EXPIRED)).isEqualTo(1);
        assertThat(rig.next()).as("begins anew at once").isZero();
        assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DISCOVER);
    }

    @Test
    void shouldTakeAnotherServersWordInRebinding() {
        rig.bind(ServerSays.lease());
        ClientSaid said = rig.untilSaid();
        while (said.destination() != EVERYBODY) {
            said = rig.untilSaid();
        }
        rig.answer(ServerSays.lease().xid(said.xid()).with(DhcpOption.SERVER_ID, 10, 0, 0, 9));
        assertThat(rig.leases).last().isEqualTo("got 10.0.0.77/24, prolonged by 10.0.0.9");
        assertThat(rig.untilSaid().destination()).as("that is its server now").isEqualTo(0x0A00_0009);
    }

    @Test
    void shouldLoseALeaseThatExpiredWhileNothingRan() {
        rig.bind(ServerSays.lease());
        rig.nowNs += TimeUnit.SECONDS.toNanos(1_001);
        rig.client.doWork(rig.nowNs);
        assertThat(rig.lease).isNull();
        assertThat(rig.said).isEmpty();
    }

    @Test
    void shouldGoStraightToRebindingWhereNothingRanUntilThen() {
        rig.bind(ServerSays.lease());
        rig.nowNs += TimeUnit.SECONDS.toNanos(900);
        rig.client.doWork(rig.nowNs);
        assertThat(rig.said.remove().destination()).isEqualTo(EVERYBODY);
    }

    @Test
    void shouldStopUsingTheAddressWhereAServerRefusesIt() {
        rig.bind(ServerSays.lease());
        final ClientSaid renew = rig.untilSaid();
        rig.answer(new ServerSays(DhcpOption.NAK, renew.xid(), 0, DhcpRig.MAC, ServerSays.lease().options())
                .with(DhcpOption.MESSAGE, 'm', 'o', 'v', 'e', 'd', 10));
        assertThat(rig.leases).last().isEqualTo("lost 10.0.0.77/24, a server refused it: moved");
        assertThat(rig.count(ControlCounter.DHCP_REFUSED)).isEqualTo(1);
        assertThat(rig.next()).isZero();
        assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DISCOVER);
    }

    @Test
    void shouldTakeItsTimeWhereAServerRefusesAgainAndAgain() {
        long pauseMs = 0;
        for (int i = 0; i < 10; i++) {
            final ClientSaid discover = rig.untilSaid();
            rig.answer(ServerSays.lease().type(DhcpOption.OFFER).xid(discover.xid()));
            rig.answer(ServerSays.lease().type(DhcpOption.NAK).xid(rig.said.remove().xid()));
            pauseMs = rig.next();
        }
        assertThat(rig.count(ControlCounter.DHCP_REFUSED)).isEqualTo(10);
        assertThat(pauseMs).isEqualTo(64_000);
    }

    @ParameterizedTest(name = "in use before: {0}")
    @ValueSource(booleans = {false, true})
    void shouldDeclineWhatAnotherHostHas(final boolean used) {
        final ClientSaid discover = rig.untilSaid();
        rig.answer(ServerSays.lease().type(DhcpOption.OFFER).xid(discover.xid()));
        rig.answer(ServerSays.lease().xid(rig.said.remove().xid()));
        if (used) {
            rig.client.onTried(true);
        }
        rig.client.onTried(false);
        assertThat(rig.next()).isZero();
        assertThat(rig.count(ControlCounter.DHCP_DECLINED)).isEqualTo(1);
        final ClientSaid decline = rig.said.remove();
        assertThat(decline.type()).isEqualTo(DhcpOption.DECLINE);
        assertThat(decline.source()).isZero();
        assertThat(decline.destination()).isEqualTo(EVERYBODY);
        assertThat(decline.clientAddress()).isZero();
        assertThat(decline.options()).containsEntry(50, ADDRESS).containsEntry(54, SERVER).containsEntry(61, CLIENT_ID)
                .doesNotContainKeys(55, 57);
        assertThat(rig.leases).last().isEqualTo("lost 10.0.0.77/24, another host has it");
        assertThat(rig.next()).as("RFC 2131 §3.1 (5)").isEqualTo(10_000);
        assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.DISCOVER);
        rig.client.onTried(false);
        rig.client.onTried(true);
        assertThat(rig.client.nextDeadlineNs()).as("of a lease that is over").isGreaterThan(rig.nowNs);
    }

    @Test
    void shouldGiveTheLeaseBackWhenItStops() {
        rig.bind(ServerSays.lease());
        rig.client.stop();
        final ClientSaid release = rig.said.remove();
        assertThat(release.type()).isEqualTo(DhcpOption.RELEASE);
        assertThat(release.source()).isEqualTo(ServerSays.ADDRESS);
        assertThat(release.destination()).isEqualTo(ServerSays.SERVER);
        assertThat(release.link()).isEqualTo(DhcpRig.SERVER_MAC);
        assertThat(release.clientAddress()).isEqualTo(ServerSays.ADDRESS);
        assertThat(release.options()).containsEntry(54, SERVER).containsEntry(61, CLIENT_ID).doesNotContainKeys(50, 55);
        assertThat(rig.client.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        rig.client.stop();
        assertThat(rig.said).isEmpty();
    }

    @Test
    void shouldKeepTheLeaseWhenItStopsWhereItIsToldSo() {
        rig.close();
        rig = new DhcpRig(1, new DhcpSettings(0, DhcpRig.MAC, "", false));
        rig.bind(ServerSays.lease());
        rig.client.stop();
        assertThat(rig.said).isEmpty();
    }

    @Test
    void shouldSayNothingWhenItStopsWithoutALease() {
        rig.untilSaid();
        rig.client.stop();
        assertThat(rig.said).isEmpty();
    }

    @Test
    void shouldIgnoreWhatIsForOthersOrMalformed() {
        final ServerSays offer = ServerSays.lease().type(DhcpOption.OFFER).xid(rig.untilSaid().xid());
        rig.answer(offer.xid(offer.xid() + 1));
        rig.answer(offer.mac(OTHER_MAC));
        // RFC 6842
        rig.answer(offer.with(DhcpOption.CLIENT_ID, 1, 2, 3));
        rig.answer(offer.type(DhcpOption.ACK));
        rig.answer(offer.type(DhcpOption.REQUEST));
        rig.answer(offer.without(DhcpOption.SERVER_ID));
        rig.answer(offer.without(DhcpOption.LEASE_TIME));
        rig.answer(offer.with(DhcpOption.SUBNET_MASK, 255, 0, 255, 0));
        rig.answer(offer.yourAddress(0));
        rig.answer(offer.yourAddress(0x7F00_0001));
        rig.answer(offer.yourAddress(0xE000_0001));
        rig.answer(offer.yourAddress(0x0A00_00FF));
        rig.answer(new byte[0]);
        rig.answer(new byte[300]);
        assertThat(rig.said).isEmpty();
        assertThat(rig.count(ControlCounter.DHCP_IGNORED)).isEqualTo(14);
        rig.answer(offer.with(DhcpOption.CLIENT_ID, 1, 0x02, 0x4D, 0x52, 0, 0, 7));
        assertThat(rig.said.remove().type()).isEqualTo(DhcpOption.REQUEST);
    }

    @Test
    void shouldIgnoreAnAnswerThatGivesAnotherAddress() {
        rig.bind(ServerSays.lease());
        final ClientSaid renew = rig.untilSaid();
        rig.answer(ServerSays.lease().xid(renew.xid()).yourAddress(ServerSays.ADDRESS + 1));
        assertThat(rig.leases).hasSize(1);
        assertThat(rig.count(ControlCounter.DHCP_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldSurviveAnyBytes() {
        final SplittableRandom random = new SplittableRandom(7);
        final byte[] offer = ServerSays.lease().type(DhcpOption.OFFER).xid(rig.untilSaid().xid()).toBytes();
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = offer.clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            final byte[] cut = random.nextInt(4) == 0
                    ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                    : bytes;
            rig.answer(cut);
            taken += rig.said.size();
            rig.said.clear();
        }
        assertThat(taken).as("one state later, offers are ignored").isEqualTo(1);
        assertThat(rig.count(ControlCounter.DHCP_IGNORED)).isEqualTo(19_999);
    }
}
