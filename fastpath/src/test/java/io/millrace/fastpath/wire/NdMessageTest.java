package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NdMessageTest {
    private static final long MAC = 0x02_00_00_00_00_0AL;

    private final MemoryRegion region = MemoryRegion.allocate("test message", 256);
    private final long at = region.address();
    private final NdMessage message = new NdMessage();

    @AfterEach
    void close() {
        region.close();
    }

    @Test
    void shouldWriteASolicitation() {
        final int length = NdMessage.writeSolicitation(at, 0xfd00L << 48, 9, MAC);
        assertThat(hex(length)).isEqualTo("8700000000000000fd0000000000000000000000000000090101" + "02000000000a");
        assertThat(message.wrap(at, length)).isTrue();
        assertThat(message.type()).isEqualTo(NdMessage.SOLICITATION);
        assertThat(message.targetHi()).isEqualTo(0xfd00L << 48);
        assertThat(message.targetLo()).isEqualTo(9);
        assertThat(message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS)).isEqualTo(MAC);
        assertThat(message.linkAddress(NdMessage.TARGET_LINK_ADDRESS)).isEqualTo(NdMessage.NO_ADDRESS);
    }

    @Test
    void shouldWriteAnAdvertisementWithItsFlags() {
        final int length = NdMessage.writeAdvertisement(at, NdMessage.SOLICITED | NdMessage.OVERRIDE, 1, 2, MAC);
        assertThat(hex(length)).startsWith("8800000060000000").endsWith("020102000000000a");
        assertThat(message.wrap(at, length)).isTrue();
        assertThat(message.flags()).isEqualTo(NdMessage.SOLICITED | NdMessage.OVERRIDE);
    }

    @Test
    void shouldWriteWithoutALinkAddress() {
        assertThat(NdMessage.writeSolicitation(at, 1, 2, NdMessage.NO_ADDRESS)).isEqualTo(24);
        assertThat(NdMessage.writeRouterSolicitation(at, NdMessage.NO_ADDRESS)).isEqualTo(8);
        assertThat(message.wrap(at, 8)).isTrue();
        assertThat(message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS)).isEqualTo(NdMessage.NO_ADDRESS);
    }

    @Test
    void shouldReadARouterAdvertisement() {
        final int length = put("86000000" + "40c00708" + "00007530" + "000003e8" // 64 hops, M O, 1800 s, 30 s, 1 s
                + "010102000000000a" + "0501000000000578" // at, MTU 1400
                + "030440c0" + "00015180" + "00003840" + "00000000" + "20010db8000000010000000000000000"
                + "1901000000000000" // RDNSS, too short for one
                + "03043880" + "ffffffff" + "00000000" + "00000000" + "fd000000000000000000000000000000");
        assertThat(message.wrap(at, length)).isTrue();
        assertThat(message.hopLimit()).isEqualTo(64);
        assertThat(message.routerFlags()).isEqualTo(0xc0);
        assertThat(message.routerLifetimeSeconds()).isEqualTo(1_800);
        assertThat(message.reachableMs()).isEqualTo(30_000);
        assertThat(message.retransmitMs()).isEqualTo(1_000);
        assertThat(message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS)).isEqualTo(MAC);
        assertThat(message.mtu()).isEqualTo(1_400);
        final int first = message.option(NdMessage.PREFIX_INFORMATION, NdMessage.NONE);
        assertThat(message.prefixBits(first)).isEqualTo(64);
        assertThat(message.prefixFlags(first)).isEqualTo(NdMessage.ON_LINK | NdMessage.AUTONOMOUS);
        assertThat(message.validSeconds(first)).isEqualTo(86_400);
        assertThat(message.preferredSeconds(first)).isEqualTo(14_400);
        assertThat(message.prefixHi(first)).isEqualTo(0x20010db8_00000001L);
        final int second = message.option(NdMessage.PREFIX_INFORMATION, first);
        assertThat(message.prefixBits(second)).isEqualTo(56);
        assertThat(message.validSeconds(second)).isEqualTo(0xFFFF_FFFFL);
        assertThat(message.prefixLo(second)).isZero();
        assertThat(message.option(NdMessage.PREFIX_INFORMATION, second)).isEqualTo(NdMessage.NONE);
    }

    @Test
    void shouldReadARedirect() {
        final int length = put("8900000000000000" + "fe800000000000000000000000000009"
                + "20010db8000000000000000000000001" + "020102000000000a");
        assertThat(message.wrap(at, length)).isTrue();
        assertThat(message.targetLo()).isEqualTo(9);
        assertThat(message.destinationHi()).isEqualTo(0x20010db8L << 32);
        assertThat(message.destinationLo()).isEqualTo(1);
        assertThat(message.linkAddress(NdMessage.TARGET_LINK_ADDRESS)).isEqualTo(MAC);
    }

    @Test
    void shouldRefuseWhatIsMalformed() {
        final int length = NdMessage.writeSolicitation(at, 1, 2, MAC);
        for (int shorter = 0; shorter < length; shorter++) {
            assertThat(message.wrap(at, shorter)).as("%d bytes", shorter).isEqualTo(shorter == 24);
        }
        Memory.putByte(at + 25, 0);
        assertThat(message.wrap(at, length)).as("an empty option").isFalse();
        Memory.putByte(at + 25, 2);
        assertThat(message.wrap(at, length)).as("an option longer than the message").isFalse();
        Memory.putByte(at + 25, 1);
        Memory.putByte(at + 1, 1);
        assertThat(message.wrap(at, length)).as("a code").isFalse();
        Memory.putByte(at + 1, 0);
        Memory.putByte(at, 128);
        assertThat(message.wrap(at, length)).as("an echo").isFalse();
    }

    @Test
    void shouldReadNothingBeyondWhateverArrives() {
        final Random random = new Random(1);
        final byte[] bytes = new byte[200];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(bytes);
            final int length = random.nextInt(bytes.length);
            bytes[0] = (byte) (NdMessage.ROUTER_SOLICITATION + random.nextInt(5));
            bytes[1] = 0;
            for (int i = 1; i < bytes.length; i += 8) {
                bytes[i] = (byte) random.nextInt(i == 1 ? 1 : 5);
            }
            // at the end of the memory: one byte more would be somebody else's
            final long start = at + 256 - length;
            for (int i = 0; i < length; i++) {
                Memory.putByte(start + i, bytes[i]);
            }
            if (message.wrap(start, length)) {
                int option = NdMessage.NONE;
                while ((option = message.option(NdMessage.PREFIX_INFORMATION, option)) != NdMessage.NONE) {
                    assertThat(option + 32).isLessThanOrEqualTo(length);
                }
                assertThat(message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS)).isGreaterThanOrEqualTo(-1);
            }
        }
    }

    private int put(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(at + i, bytes[i]);
        }
        return bytes.length;
    }

    private String hex(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = Memory.getByte(at + i);
        }
        return HexFormat.of().formatHex(bytes);
    }
}
