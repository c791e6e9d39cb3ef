package io.millrace.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigException;
import io.millrace.config.ConfigKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.lifecycle.CpuFacts;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.counters.LoopTimes;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.observe.Metadata;
import io.millrace.observe.ObservedNeighbour;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DoctorTest {
    private static final InetAddress OWN = InetAddress.ofLiteral("10.0.0.2");
    private static final Machine GOOD = new Machine(25, true, true, 4, 64L << 30, 1L << 30, Set.of());

    private final Map<String, Long> values = new HashMap<>();
    private final long[] loopTimes = new long[LoopTimes.BUCKETS];
    private final List<ObservedNeighbour> neighbours = new ArrayList<>();
    private final Map<String, Integer> shortPaths = new HashMap<>();
    /** 0 to 3. */
    private static final BitSet CPUS = BitSet.valueOf(new long[]{0xF});
    private Set<InetAddress> kernelAddresses = Set.of();
    private boolean shared;
    private List<PortFinding> deviceFindings = List.of();
    private long idleNs;
    private double stolenShare;

    private List<Finding> during() {
        return new DuringRun(new Reports(values, List.of(1_000L), 1_000L + idleNs, loopTimes, neighbours, Set.of(OWN),
                kernelAddresses, shortPaths, metadata(), stolenShare)).findings();
    }

    private Metadata metadata() {
        return new Metadata(shared ? Metadata.SHARED : "", "poor:ADVICE", "", List.of(), deviceFindings);
    }

    private static List<Finding> before(final Machine machine, final String config) {
        final BeforeRun doctor = new BeforeRun(machine,
                name -> name.equals("mr0") ? OptionalInt.of(1_400) : OptionalInt.empty(),
                () -> new CpuFacts(CPUS, new BitSet(), new BitSet()));
        final List<Finding> findings = new ArrayList<>(doctor.jvm());
        try {
            findings.addAll(doctor.machine(MillraceConfig.parse(config), List.of(new Closed(), new Poor())));
        } catch (final ConfigException e) {
            findings.addAll(BeforeRun.of(e));
        }
        return findings;
    }

    private void count(final Counter counter, final long value) {
        values.put(counter.label(), value);
    }

    /** Each symptom, provoked; a new one does not compile here until it is provoked too. */
    private List<Finding> provoke(final Symptom symptom) {
        return switch (symptom) {
            case CONFIGURATION -> before(GOOD, "millrace.tcp.mss = 20");
            case JDK_TOO_OLD -> before(new Machine(24, true, true, 4, 64L << 30, 1 << 30, Set.of()), "");
            case FLAG_MISSING -> before(new Machine(25, false, true, 4, 64L << 30, 1 << 30, Set.of()), "");
            case NATIVE_ACCESS_MISSING -> before(new Machine(25, true, false, 4, 64L << 30, 1 << 30, Set.of()), "");
            case DEVICE_UNAVAILABLE -> before(GOOD, "millrace.port.device = \"closed:x\"");
            case DEVICE_HINDERED -> before(GOOD, "millrace.port.device = \"poor:HINDERING\"");
            case DEVICE_SLOWED -> before(GOOD, "millrace.port.device = \"poor:ADVICE\"");
            case MEMORY_EXCEEDS_MACHINE ->
                before(new Machine(25, true, true, 4, 1L << 30, 1 << 30, Set.of()), "millrace.engine.slab = 1GiB");
            case TOO_FEW_CORES -> before(GOOD, "millrace.threading { engines = 4, idle = spin }");
            case CPU_REFUSED -> before(GOOD, "millrace.threading.cpus = \"0,5\"\nmillrace.threading.engines = 2");
            case CPU_SHARED -> before(GOOD, "millrace.threading.cpus = [1]");
            case MTU_DIFFERS -> before(GOOD, "millrace.port.device = \"tap:mr0\"");
            case ADDRESSES_NOT_SHARED -> before(GOOD, "millrace.port { device = memory, shared-ports = [80] }");
            case SHARED_MEMORY_FULL -> before(new Machine(25, true, true, 4, 64L << 30, 4_096, Set.of()), "");
            case KERNEL_HAS_ADDRESS -> {
                kernelAddresses = Set.of(OWN);
                final List<Finding> both = new ArrayList<>(during());
                both.addAll(before(new Machine(25, true, true, 4, 64L << 30, 1 << 30, Set.of(OWN)),
                        "millrace.ip.addresses = [\"10.0.0.2/24\"]"));
                assertThat(both).hasSize(2);
                yield both;
            }
            default -> {
                makeWrong(symptom);
                yield during();
            }
        };
    }

    private void makeWrong(final Symptom symptom) {
        switch (symptom) {
            case NOT_DRIVEN -> idleNs = TimeUnit.SECONDS.toNanos(3);
            case LOOP_STARVED -> loopTimes[25] = 10;
            case SHARED_ADDRESS_LOST -> {
                shared = true;
                kernelAddresses = Set.of(InetAddress.getLoopbackAddress());
            }
            case CPU_STOLEN -> stolenShare = 0.2;
            case CHECKSUMS_WRONG -> {
                count(Counter.TCP_BAD_CHECKSUM, 11);
                count(Counter.FRAMES_RECEIVED, 1_000);
            }
            case PATH_MTU_ON_LINK -> shortPaths.put("10.0.0.9", 1_400);
            case NEIGHBOUR_UNREACHABLE -> neighbours.add(new ObservedNeighbour("10.0.0.9", "", "FAILED", "", false));
            case RESETS_ANSWERED -> {
                count(Counter.TCP_RESETS_RECEIVED, 20);
                count(Counter.TCP_ESTABLISHED, 40);
            }
            case TIME_WAIT_NEARLY_FULL -> {
                values.put(Gauge.TIME_WAITS.label(), 95L);
                values.put(Gauge.TIME_WAITS_LIMIT.label(), 100L);
            }
            case FRAMES_LOST_BY_PORT -> values.put(Gauge.PORT_DROPPED.label(), 100L);
            case SYNS_LOST -> values.put(Gauge.PORT_SYNS_DROPPED.label(), 1L);
            default -> values.put(CounterRule.ALL.stream().filter(rule -> rule.symptom() == symptom).findFirst()
                    .orElseThrow().counter(), 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindEachSymptomAndNothingElse(final Symptom symptom) {
        assertThat(provoke(symptom)).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.symptom()).isEqualTo(symptom);
            assertThat(List.of(finding.what(), symptom.why(), finding.remedy())).allMatch(text -> text.endsWith("."));
        });
    }

    @Test
    void shouldFindNothingWrongWithAnAddressThatIsShared() {
        shared = true;
        kernelAddresses = Set.of(OWN);
        assertThat(during()).isEmpty();
    }

    @Test
    void shouldSayWhatStandsAgainstADevice() {
        assertThat(before(GOOD, "millrace.port.device = \"poor:FATAL\"")).singleElement().satisfies(finding -> {
            assertThat(finding.symptom()).isEqualTo(Symptom.DEVICE_UNAVAILABLE);
            assertThat(finding.what()).isEqualTo("millrace.port.device = \"poor:FATAL\" cannot be opened: It is poor.");
        });
    }

    @Test
    void shouldSayWhatShowedWhenTheDeviceWasOpened() {
        deviceFindings = List.of(new PortFinding(PortFinding.Weight.ADVICE, "It is poor", "Mend it"),
                new PortFinding(PortFinding.Weight.HINDERING, "It is bad", "Leave it"));
        assertThat(during()).containsExactly(new Finding(Symptom.DEVICE_SLOWED, "It is poor.", "Mend it."),
                new Finding(Symptom.DEVICE_HINDERED, "It is bad.", "Leave it."));
    }

    @ParameterizedTest
    @CsvSource({"PORT_BULK_REFUSED, Linux refused", "PORT_BULK_WITHOUT_CPU, has a loop"})
    void shouldSayWhyBulkTransfersAreReceivedOnALoopsCpu(final Gauge gauge, final String why) {
        values.put(gauge.label(), 7L);
        assertThat(during()).singleElement().satisfies(finding -> {
            assertThat(finding.symptom()).isEqualTo(Symptom.DEVICE_SLOWED);
            assertThat(finding.what()).contains("7 bursts", why);
        });
    }

    @Test
    void shouldFindNothingWhereNothingIsWrong() {
        assertThat(before(GOOD, "")).isEmpty();
        count(Counter.FRAMES_RECEIVED, 1_000_000);
        count(Counter.TCP_BAD_CHECKSUM, 12);
        count(Counter.TCP_RESETS_RECEIVED, 12);
        count(Counter.TCP_ESTABLISHED, 1_000);
        loopTimes[20] = 1_000_000;
        loopTimes[24] = 9;
        neighbours.add(new ObservedNeighbour("10.0.0.9", "02:00:00:00:00:01", "REACHABLE", "", false));
        values.put(Gauge.PORT_BULK_BEGUN.label(), 3L);
        values.put(Gauge.TIME_WAITS.label(), 80L);
        values.put(Gauge.TIME_WAITS_LIMIT.label(), 100L);
        assertThat(during()).isEmpty();
    }

    static List<CounterRule> rules() {
        return CounterRule.ALL;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void shouldTellOfACounterThatShouldBeZeroAndWhichKeyToRaise(final CounterRule rule) {
        values.put(rule.counter(), 7L);

        assertThat(during()).singleElement().satisfies(finding -> {
            assertThat(finding.symptom()).isEqualTo(rule.symptom());
            assertThat(finding.what()).startsWith(rule.counter() + " counts 7: ");
            assertThat(keys(finding.remedy())).allSatisfy(key -> assertThat(ConfigKeys.find(key)).as(key).isNotNull());
        });
    }

    private static List<String> keys(final String text) {
        final List<String> keys = new ArrayList<>();
        for (final Matcher key = Pattern.compile("millrace(\\.[a-z0-9-]+){2}").matcher(text); key.find();) {
            keys.add(key.group());
        }
        return keys;
    }

    @Test
    void shouldKnowEveryCounterThatItLooksAt() {
        final List<String> labels = new ArrayList<>();
        for (final Counter counter : Counter.values()) {
            labels.add(counter.label());
        }
        for (final ControlCounter counter : ControlCounter.values()) {
            labels.add(counter.label());
        }
        assertThat(CounterRule.ALL).extracting(CounterRule::counter).isSubsetOf(labels).doesNotHaveDuplicates();
    }

    @Test
    void shouldReadTheKernelsAddressesOfANamespace() {
        assertThat(KernelAddresses.ofTrie(List.of("Main:", "  +-- 0.0.0.0/0 3 0 5", "     |-- 10.0.0.0",
                "        /24 link UNICAST", "     |-- 10.0.0.2", "        /32 host LOCAL", "     |-- 10.0.0.255",
                "        /32 link BROADCAST"))).containsExactly(OWN);
        assertThat(KernelAddresses.ofIpv6(List.of("fe80000000000000000000fffe000001 02 40 20 80     eth0")))
                .containsExactly(InetAddress.ofLiteral("fe80::ff:fe00:1"));
        assertThat(KernelAddresses.of("self")).contains(InetAddress.ofLiteral("127.0.0.1"));
    }

    /** A kind of device that cannot be opened here. */
    private static final class Closed implements PacketDeviceProvider {
        @Override
        public String scheme() {
            return "closed";
        }

        @Override
        public String usage() {
            return "closed:NAME";
        }

        @Override
        public String unavailabilityCause() {
            return "it is closed";
        }

        @Override
        public PacketDevice open(final DeviceRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    /** Finds something wrong with each device, as much as its name says. */
    private static final class Poor implements PacketDeviceProvider {
        @Override
        public String scheme() {
            return "poor";
        }

        @Override
        public String usage() {
            return "poor:WEIGHT";
        }

        @Override
        public String unavailabilityCause() {
            return null;
        }

        @Override
        public List<PortFinding> examine(final DeviceRequest request) {
            return List.of(new PortFinding(PortFinding.Weight.valueOf(request.argument()), "It is poor", "Mend it"));
        }

        @Override
        public PacketDevice open(final DeviceRequest request) {
            throw new UnsupportedOperationException();
        }
    }
}
