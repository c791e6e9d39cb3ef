package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.ReassemblySettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.TcpSettings.FinInClosing;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.tcp.TcpSettings.OptionOrder;
import io.millrace.fastpath.tcp.TcpSettings.PushPolicy;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MillraceConfigTest {
    private static final String PROPERTY = TcpKeys.MSS.path();

    @TempDir
    private Path folder;

    @AfterEach
    void clearProperty() {
        System.clearProperty(PROPERTY);
        System.clearProperty("millrace.tcp.msss");
        System.clearProperty("millrace.test.seed");
    }

    @Test
    void shouldHaveTheDefaultsOfTheFastPath() {
        final MillraceConfig config = MillraceConfig.defaults();

        assertThat(config.engineSettings()).isEqualTo(EngineSettings.DEFAULT);
        assertThat(config.tcpSettings()).usingRecursiveComparison().isEqualTo(TcpSettings.DEFAULT);
    }

    @Test
    void shouldCarryEverySettingIntoTcpSettings() {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.tcp {
                  mss = 1000, receive-buffer = 10000, send-buffer = 20000, window-scaling = false, no-delay = on
                  delayed-ack = 1ms, rto-initial = 3s, rto-min = 100ms, rto-max = 90s
                  retries = 1, syn-retries = 2, syn-ack-retries = 3, msl = 4s, fin-wait-2-timeout = 5s
                  keep-alive = yes, keep-alive-idle = 6s, keep-alive-interval = 7s, keep-alive-probes = 8
                  initial-window = 4, out-of-order-ranges = 9, user-timeout = 10s, time-wait-reuse = no
                  autotune = no, initial-receive-buffer = 3000, initial-send-buffer = 5000, ack-policy = every
                  sack = no, timestamps = no, ecn = on, window-scale = 3, fast-open = yes
                  rack = no, tail-loss-probe = no, forward-rto-recovery = no, slow-start-after-idle = no
                  pacing = yes, max-pacing-rate = 1MiB, push-policy = last
                  option-order = bsd, fin-in-closing = every-ack, zero-copy-send = 77, zero-copy-receive = 88
                  not-sent-low-water = 99, traffic-class = 187, mtu-probing = always
                  idle-timeout = 11s
                }
                """);

        final TcpSettings.Builder expected = TcpSettings.DEFAULT.toBuilder().mss(1_000).receiveBuffer(10_000)
                .sendBuffer(20_000).windowScaling(false).noDelay(true).delayedAckNs(1_000_000)
                .rtoInitialNs(3_000_000_000L).rtoMinNs(100_000_000L).rtoMaxNs(90_000_000_000L).retries(1).synRetries(2)
                .synAckRetries(3).mslNs(4_000_000_000L).finWait2TimeoutNs(5_000_000_000L).keepAlive(true)
                .keepAliveIdleNs(6_000_000_000L).keepAliveIntervalNs(7_000_000_000L).keepAliveProbes(8).initialWindow(4)
                .outOfOrderRanges(9).timeWaitReuse(false).userTimeoutNs(10_000_000_000L).autotune(false)
                .initialReceiveBuffer(3_000)
                .initialSendBuffer(5_000).ackPolicy(AckPolicy.EVERY).sack(false).timestamps(false).ecn(Ecn.ON)
                .windowScale(3).fastOpen(true).rack(false).tailLossProbe(false).forwardRtoRecovery(false)
                .slowStartAfterIdle(false).pacing(true).maxPacingRate(1 << 20).optionOrder(OptionOrder.BSD)
                .pushPolicy(PushPolicy.LAST).finInClosing(FinInClosing.EVERY_ACK).zeroCopySend(77).zeroCopyReceive(88)
                .notSentLowWater(99).trafficClass(184).mtuProbing(MtuProbing.ALWAYS).idleTimeoutNs(11_000_000_000L);
        assertThat(config.tcpSettings()).usingRecursiveComparison().isEqualTo(expected.build());
    }

    @Test
    void shouldLeaveNoTcpSettingWithoutAKey() {
        final List<String> settings = Arrays.stream(TcpSettings.Builder.class.getMethods())
                .filter(method -> method.getReturnType() == TcpSettings.Builder.class).map(Method::getName)
                .map(name -> name.replaceFirst("Ns$", "")).filter(name -> !name.endsWith("Locked")).toList();
        final List<String> keys = ConfigKeys.ALL.stream().filter(key -> key.group().equals(TcpKeys.GROUP))
                .map(key -> camelCase(key.name())).toList();

        assertThat(keys).containsExactlyInAnyOrderElementsOf(settings);
    }

    private static String camelCase(final String name) {
        return Pattern.compile("-(.)").matcher(name).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    @Test
    void shouldTakeEveryCongestionControlThatThereIs() {
        for (final String name : CongestionControls.names()) {
            assertThat(MillraceConfig.parse("millrace.tcp.congestion-control = " + name).tcpSettings()
                    .congestionControl()).isEqualTo(name);
        }
    }

    @Test
    void shouldTakeTheWindowScaleByNumberOrAuto() {
        assertThat(MillraceConfig.parse("millrace.tcp.window-scale = 14").tcpSettings().windowScale()).isEqualTo(14);
        assertThat(MillraceConfig.parse("millrace.tcp.window-scale = Auto").tcpSettings().windowScale()).isEqualTo(-1);
        assertThat(MillraceConfig.defaults().text(TcpOptionKeys.WINDOW_SCALE)).isEqualTo("auto");
        assertThat(MillraceConfig.parse("millrace.tcp { window-scale = 0, receive-buffer = 65535 }").tcpSettings()
                .windowScale()).isZero();
    }

    @Test
    void shouldTakeTheLargestReceiveBufferWithTheLargestWindowScale() {
        final TcpSettings settings = MillraceConfig
                .parse("millrace { engine.slab = 1GiB, tcp { window-scale = 14, receive-buffer = 1GiB } }")
                .tcpSettings();
        assertThat(settings.windowScale()).isEqualTo(14);
        assertThat(settings.receiveBuffer()).isEqualTo(1 << 30);
    }

    @Test
    void shouldLetTheDefaultOfAnInitialBufferMakeWay() {
        final TcpSettings settings = MillraceConfig.parse("millrace.tcp { receive-buffer = 9000, send-buffer = 8000 }")
                .tcpSettings();

        assertThat(settings.initialReceiveBuffer()).isEqualTo(9_000);
        assertThat(settings.initialSendBuffer()).isEqualTo(8_000);
    }

    @Test
    void shouldCarryEverySettingIntoEngineSettings() {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace {
                  engine { max-connections = 100, max-time-wait = 200, slab = 4MiB, burst = 8, timer-tick = 1024ns,
                           max-orphans = 77, datagrams = 2MiB, max-lent-frames = 7 }
                  neighbour { cache-size = 32, queue = 2 }
                  icmp.rate = 5
                  ip { path-mtus = 33, path-mtu-expiry = 7s, min-path-mtu = 600 }
                }
                """);

        assertThat(config.engineSettings())
                .isEqualTo(new EngineSettings(100, 200, 4 << 20, 8, 1_024, 32, 2, 5, 77, 7,
                        ReassemblySettings.DEFAULT, 2 << 20, new PathMtuSettings(33, 600, 7_000_000_000L)));
    }

    @Test
    void shouldAskTheDeviceForOneQueueAnEngine() {
        final MillraceConfig config = MillraceConfig
                .parse("""
                        millrace.threading.engines = 2
                        millrace.port { device = "tap:mr0", mtu = 9000, frames = 256, offloads = no, host-address = "10.0.0.1/24" }
                        """);

        assertThat(config.get(PortKeys.DEVICE)).isEqualTo(new DeviceSpec("tap", "mr0"));
        assertThat(config.deviceRequest().argument()).isEqualTo("mr0");
        assertThat(config.deviceRequest().mtu()).isEqualTo(9_000);
        assertThat(config.deviceRequest().queues()).isEqualTo(2);
        assertThat(config.deviceRequest().frames()).isEqualTo(256);
        assertThat(config.deviceRequest().offloads()).isFalse();
        assertThat(config.deviceRequest().hostAddress()).isEqualTo("10.0.0.1/24");
        assertThat(MillraceConfig.defaults().deviceRequest().hostAddress()).isNull();
    }

    @Test
    void shouldIdleAnewForEachLoop() {
        for (final IdleMode mode : IdleMode.values()) {
            final Idling idling = MillraceConfig.builder().set(ThreadingKeys.IDLE, mode).build()
                    .idling(HostThreads.PLAIN);
            assertThat(idling.newLoop()).isNotSameAs(idling.newLoop());
        }
    }

    @Test
    void shouldReadCpusAsListOrRange() {
        assertThat(MillraceConfig.parse("millrace.threading.cpus = \"2-3\"").cpus()).containsExactly(2, 3);
        assertThat(MillraceConfig.parse("millrace.threading.cpus = [5, 2]").cpus()).containsExactly(5, 2);
        assertThat(MillraceConfig.parse("millrace.threading.cpus = \"7,0-1\"").cpus()).containsExactly(7, 0, 1);
        assertThat(MillraceConfig.defaults().cpus()).isEmpty();
    }

    @Test
    void shouldLetLaterSourcesWinAndTellWhichOneDid() throws IOException {
        final Path file = file("""
                millrace {
                  tcp { mss = 1000
                        retries = 3 }
                  ip.ttl = 10
                }
                """);
        System.setProperty(PROPERTY, "1100");

        final MillraceConfig config = MillraceConfig.builder().set(IpKeys.TTL, 20)
                .option("--device", PortKeys.DEVICE, "tap:x").systemProperties().file(file).build();

        assertThat(config.get(TcpKeys.MSS)).isEqualTo(1_100L);
        assertThat(config.origin(TcpKeys.MSS)).hasToString("system property");
        assertThat(config.get(TcpKeys.RETRIES)).isEqualTo(3);
        assertThat(config.origin(TcpKeys.RETRIES)).hasToString(file + ":3");
        assertThat(config.get(IpKeys.TTL)).isEqualTo(20);
        assertThat(config.origin(IpKeys.TTL)).hasToString("set by the program");
        assertThat(config.origin(PortKeys.DEVICE)).hasToString("--device");
        assertThat(config.origin(TcpKeys.NO_DELAY)).hasToString("default");
    }

    @Test
    void shouldReadSystemPropertiesWhenLoadedAndOnlyThen() throws IOException {
        System.setProperty(PROPERTY, "1200");

        assertThat(MillraceConfig.load().get(TcpKeys.MSS)).isEqualTo(1_200L);
        assertThat(MillraceConfig.load(file("")).get(TcpKeys.MSS)).isEqualTo(1_200L);
        assertThat(MillraceConfig.defaults().get(TcpKeys.MSS)).isZero();
        assertThat(MillraceConfig.parse("").get(TcpKeys.MSS)).isZero();
    }

    @Test
    void shouldRefuseUnknownSystemPropertiesButThoseOfTests() {
        System.setProperty("millrace.tcp.msss", "1200");
        System.setProperty("millrace.test.seed", "1");

        assertThatThrownBy(MillraceConfig::load).isInstanceOf(ConfigException.class)
                .hasMessage("system property: millrace.tcp.msss: unknown key, did you mean millrace.tcp.mss?");
    }

    @Test
    void shouldReadListsFromTextWithCommas() {
        final MillraceConfig config = MillraceConfig.builder()
                .option("--address", IpKeys.ADDRESSES, "10.0.0.2/24, 192.168.1.7/16")
                .option("--route", IpKeys.ROUTES, "").build();

        assertThat(config.get(IpKeys.ADDRESSES)).extracting(Cidr::toString)
                .containsExactly("10.0.0.2/24", "192.168.1.7/16");
        assertThat(config.get(IpKeys.ROUTES)).isEmpty();
    }

    @Test
    void shouldReadRoutesGatewayAndCapture() {
        final MillraceConfig config = MillraceConfig
                .parse("""
                        millrace.ip { addresses = ["10.0.0.2/24"], gateway = "10.0.0.1", routes = ["10.1.0.0/16 via 10.0.0.254"] }
                        millrace.port.capture = "a b.pcapng"
                        """);

        assertThat(config.get(IpKeys.GATEWAY)).map(Object::toString).contains("/10.0.0.1");
        assertThat(config.get(IpKeys.ROUTES)).containsExactly(Route.parse("10.1.0.0/16 via 10.0.0.254"));
        assertThat(config.get(PortKeys.CAPTURE)).contains(Path.of("a b.pcapng"));
        assertThat(config.toBuilder().option("--capture", PortKeys.CAPTURE, "").build().get(PortKeys.CAPTURE))
                .isEqualTo(Optional.empty());
    }

    @Test
    void shouldKeepValuesAndOriginsWhenRebuilt() {
        final MillraceConfig config = MillraceConfig.parse("millrace.tcp.delayed-ack = 5ms").toBuilder()
                .set(TcpKeys.NO_DELAY, true).build();

        assertThat(config.get(TcpKeys.DELAYED_ACK)).isEqualTo(Duration.ofMillis(5));
        assertThat(config.origin(TcpKeys.DELAYED_ACK)).hasToString("text:1");
        assertThat(config.get(TcpKeys.NO_DELAY)).isTrue();
    }

    @Test
    void shouldReadBackWhatItWrites() {
        final StringBuilder text = new StringBuilder();
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.ip { addresses = ["10.0.0.2/24", "2001:db8::2/64"], gateway = "10.0.0.1"
                              routes = ["2001:db8:1::/48 via 2001:db8::1"] }
                millrace.tcp { receive-buffer = 5000, delayed-ack = 1500us }
                """);
        ConfigKeys.ALL.forEach(key -> text.append(key).append(" = ").append(config.text(key)).append('\n'));

        final MillraceConfig again = MillraceConfig.parse(text.toString());

        assertThat(ConfigKeys.ALL).allSatisfy(key -> assertThat(again.<Object>get(cast(key)))
                .isEqualTo(config.<Object>get(cast(key))));
    }

    @SuppressWarnings("unchecked")
    private static ConfigKey<Object> cast(final ConfigKey<?> key) {
        return (ConfigKey<Object>) key;
    }

    @Test
    void shouldTakeSubstitutionsAndIncludes() throws IOException {
        Files.writeString(folder.resolve("part.conf"), "millrace.tcp.retries = 5\nmillrace.tcp.nope = 1\n");
        final Path file = file("""
                include "part.conf"
                millrace.tcp.syn-retries = ${millrace.tcp.retries}
                """);

        assertThatThrownBy(() -> MillraceConfig.load(file))
                .hasMessageStartingWith(folder.resolve("part.conf") + ":2: millrace.tcp.nope: unknown key");
        Files.writeString(folder.resolve("part.conf"), "millrace.tcp.retries = 5\n");
        assertThat(MillraceConfig.load(file).get(TcpKeys.SYN_RETRIES)).isEqualTo(5);
    }

    @Test
    void shouldNotChangeWhenItsBuilderGoesOn() {
        final MillraceConfig.Builder builder = MillraceConfig.builder();
        final MillraceConfig before = builder.build();
        builder.set(IpKeys.ADDRESSES, List.of(Cidr.parse("10.9.0.1/16"))).build();

        assertThat(before.text(IpKeys.ADDRESSES)).isEqualTo("[\"10.0.0.2/24\"]");
    }

    private Path file(final String text) throws IOException {
        return Files.writeString(folder.resolve("millrace.conf"), text);
    }
}
