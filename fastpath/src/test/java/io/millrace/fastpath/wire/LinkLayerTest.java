package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ethernet, VLAN tags, ARP and the text of MAC addresses. */
class LinkLayerTest extends WithGuardedMemory {
    private static final String ARP_REQUEST = "0001080006040001" + "02000000000a0a000001" + "0000000000000a000002";
    private static final String ARP_REPLY = "0001080006040002" + "02000000000b0a000002" + "02000000000a0a000001";

    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag tag = new VlanTag();
    private final ArpPacket arp = new ArpPacket();

    @Test
    void shouldReadACapturedArpRequest() {
        final long address = memory.place("ffffffffffff02000000000a0806" + ARP_REQUEST);
        assertThat(ethernet.wrap(address, 42)).isTrue();
        assertThat(ethernet.destination()).isEqualTo(EthernetHeader.BROADCAST);
        assertThat(ethernet.source()).isEqualTo(0x02000000000AL);
        assertThat(ethernet.etherType()).isEqualTo(EthernetHeader.ETHERTYPE_ARP);
        assertThat(ethernet.payloadLength()).isEqualTo(ArpPacket.LENGTH);
        assertThat(ethernet)
                .hasToString("02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42");

        assertThat(arp.wrap(ethernet.payloadAddress(), ethernet.payloadLength())).isTrue();
        assertThat(arp.operation()).isEqualTo(ArpPacket.REQUEST);
        assertThat(arp.senderMac()).isEqualTo(0x02000000000AL);
        assertThat(arp.senderIp()).isEqualTo(0x0A000001);
        assertThat(arp.targetMac()).isZero();
        assertThat(arp.targetIp()).isEqualTo(0x0A000002);
        assertThat(arp).hasToString("ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28");
    }

    @Test
    void shouldPrintACapturedArpReplyAndOtherOperations() {
        final long address = memory.place(ARP_REPLY);
        assertThat(arp.wrap(address, 28)).isTrue();
        assertThat(arp).hasToString("ARP, Reply 10.0.0.2 is-at 02:00:00:00:00:0b, length 28");
        Memory.putShortBE(address + ArpPacket.OPERATION_OFFSET, 8);
        assertThat(arp).hasToString("ARP, operation 8, length 28");
    }

    @Test
    void shouldWriteTheBytesOfTheCapturedArpReply() {
        final long address = memory.end() - 42;
        EthernetHeader.write(address, 0x02000000000AL, 0x02000000000BL, EthernetHeader.ETHERTYPE_ARP);
        ArpPacket.write(address + 14, ArpPacket.REPLY, 0x02000000000BL, 0x0A000002, 0x02000000000AL, 0x0A000001);
        assertThat(GuardedMemory.hex(address, 42)).isEqualTo("02000000000a02000000000b0806" + ARP_REPLY);
    }

    @Property
    void shouldReadTheEthernetHeaderThatWasWritten(@ForAll @LongRange(min = 0, max = (1L << 48) - 1) final long one,
            @ForAll @LongRange(min = 0, max = (1L << 48) - 1) final long two,
            @ForAll @IntRange(max = 65535) final int etherType) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 14;
            EthernetHeader.write(address, one, two, etherType);
            assertThat(ethernet.wrap(address, 14)).isTrue();
            assertThat(ethernet.destination()).isEqualTo(one);
            assertThat(ethernet.source()).isEqualTo(two);
            assertThat(ethernet.etherType()).isEqualTo(etherType);
            ethernet.wrapUnchecked(address).destination(two).source(one).etherType(etherType ^ 1);
            assertThat(ethernet.destination()).isEqualTo(two);
            assertThat(ethernet.source()).isEqualTo(one);
            assertThat(ethernet.etherType()).isEqualTo(etherType ^ 1);
        }
    }

    @Property
    void shouldReadTheArpPacketThatWasWritten(@ForAll @IntRange(max = 65535) final int operation,
            @ForAll @LongRange(min = 0, max = (1L << 48) - 1) final long senderMac, @ForAll final int senderIp,
            @ForAll @LongRange(min = 0, max = (1L << 48) - 1) final long targetMac, @ForAll final int targetIp) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 28;
            ArpPacket.write(address, operation, senderMac, senderIp, targetMac, targetIp);
            assertThat(arp.wrap(address, 28)).isTrue();
            assertThat(arp.operation()).isEqualTo(operation);
            assertThat(arp.senderMac()).isEqualTo(senderMac);
            assertThat(arp.senderIp()).isEqualTo(senderIp);
            assertThat(arp.targetMac()).isEqualTo(targetMac);
            assertThat(arp.targetIp()).isEqualTo(targetIp);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 13, 14})
    void shouldRefuseAFrameShorterThanItsHeader(final int available) {
        assertThat(ethernet.wrap(memory.end() - Math.max(available, 0), available)).isEqualTo(available == 14);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7, 27})
    void shouldRefuseAShortArpPacket(final int available) {
        final long address = memory.place(ARP_REQUEST.substring(0, 2 * Math.max(available, 0)));
        assertThat(arp.wrap(address, available)).isFalse();
    }

    @ParameterizedTest(name = "byte {0} is {1}")
    @CsvSource({"0, 1", "1, 6", "2, 134", "3, 6", "4, 8", "4, 0", "5, 16", "5, 0"})
    void shouldRefuseArpOfOtherKinds(final int offset, final int value) {
        final long address = memory.place(ARP_REQUEST);
        Memory.putByte(address + offset, value);
        assertThat(arp.wrap(address, 28)).isFalse();
    }

    @Test
    void shouldAcceptPaddingAfterAnArpPacket() {
        assertThat(arp.wrap(memory.place(ARP_REQUEST + "00".repeat(18)), 46)).isTrue();
    }

    @Test
    void shouldReadAVlanTag() {
        final long address = memory.place("b0640800");
        assertThat(tag.wrap(address, 4)).isTrue();
        assertThat(tag.priority()).isEqualTo(5);
        assertThat(tag.dropEligible()).isTrue();
        assertThat(tag.vlanId()).isEqualTo(100);
        assertThat(tag.etherType()).isEqualTo(EthernetHeader.ETHERTYPE_IPV4);
        assertThat(tag.payloadAddress()).isEqualTo(memory.end());
        assertThat(tag).hasToString("vlan 100, p 5, DEI, ethertype IPv4 (0x0800)");
        assertThat(tag.wrap(address + 1, 3)).isFalse();
        assertThat(tag.wrap(memory.end(), 0)).isFalse();
    }

    @Property
    void shouldReadTheVlanTagThatWasWritten(@ForAll @IntRange(max = 7) final int priority,
            @ForAll @IntRange(max = 4095) final int vlanId, @ForAll @IntRange(max = 65535) final int etherType) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 4;
            VlanTag.write(address, priority, vlanId, etherType);
            tag.wrapUnchecked(address);
            assertThat(tag.priority()).isEqualTo(priority);
            assertThat(tag.dropEligible()).isFalse();
            assertThat(tag.vlanId()).isEqualTo(vlanId);
            assertThat(tag.etherType()).isEqualTo(etherType);
        }
    }

    @Property
    void shouldParseTheTextOfAMacAddress(@ForAll @LongRange(min = 0, max = (1L << 48) - 1) final long address) {
        final String text = MacAddress.toString(address);
        assertThat(text).hasSize(17);
        assertThat(MacAddress.parse(text)).isEqualTo(address);
        assertThat(MacAddress.parse(text.toUpperCase(Locale.ROOT).replace(':', '-'))).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:00:00:00:00", "02:00:00:00:00:0", "02:00:00:00:00:0a:", "02:00:00:00:00:0g",
            "02:00:00-00:00:0a", "02 00 00 00 00 0a", "020:0:00:00:00:0a", "0200000000000000a", "+2:00:00:00:00:0a"})
    void shouldRefuseOtherText(final String text) {
        assertThatThrownBy(() -> MacAddress.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a MAC address such as 02:00:00:00:00:0a: \"" + text + '"');
    }

    @Test
    void shouldTellGroupAddressesFromOthers() {
        assertThat(MacAddress.isMulticast(EthernetHeader.BROADCAST)).isTrue();
        assertThat(MacAddress.isMulticast(0x333300000001L)).isTrue();
        assertThat(MacAddress.isMulticast(0x02000000000AL)).isFalse();
    }
}
