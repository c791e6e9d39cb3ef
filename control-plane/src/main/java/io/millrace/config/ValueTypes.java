package io.millrace.config;

import io.millrace.fastpath.port.RssKey;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The types of settings that there are. Thread: any. */
final class ValueTypes {
    private static final int LIST_LIMIT = 1024;

    private ValueTypes() {}

    static ValueType<Integer> whole(final int min, final int max) {
        return new QuantityType.Whole(min, max, false);
    }

    static ValueType<Integer> wholePowerOfTwo(final int min, final int max) {
        return new QuantityType.Whole(min, max, true);
    }

    static ValueType<Long> bytes(final long min, final long max) {
        return new QuantityType.Bytes(min, max, false, false);
    }

    static ValueType<Long> bytesOrZero(final long min, final long max) {
        return new QuantityType.Bytes(min, max, true, false);
    }

    static ValueType<Long> bytesPowerOfTwo(final long min, final long max) {
        return new QuantityType.Bytes(min, max, false, true);
    }

    static ValueType<Duration> time(final Duration min, final Duration max) {
        return new QuantityType.Time(min, max, false);
    }

    static ValueType<Duration> timePowerOfTwo(final Duration min, final Duration max) {
        return new QuantityType.Time(min, max, true);
    }

    static ValueType<Boolean> onOff() {
        return ChoiceType.ofBoolean();
    }

    static <E extends Enum<E>> ValueType<E> choice(final Class<E> type) {
        return ChoiceType.of(type);
    }

    static ValueType<String> choice(final List<String> names) {
        return ChoiceType.of(names);
    }

    static ValueType<InetAddress> address() {
        return new TextType<>("an IP address such as 10.0.0.1", Addresses::parse, InetAddress::getHostAddress);
    }

    static ValueType<Cidr> cidr() {
        return new TextType<>("an address with its prefix length, such as 10.0.0.2/24", Cidr::parse, Cidr::toString);
    }

    static ValueType<Cidr> network() {
        return new TextType<>("a network such as 10.0.0.0/8", ValueTypes::network, Cidr::toString);
    }

    private static Cidr network(final String text) {
        final Cidr network = Cidr.parse(text);
        if (!network.isNetwork()) {
            throw new IllegalArgumentException(text + " has bits set after its prefix");
        }
        return network;
    }

    static ValueType<ListenRule> listenRule() {
        return new ListenRuleType();
    }

    static ValueType<PortInterval> portInterval() {
        return new TextType<>("a port or an interval of ports such as 61000-61999", PortInterval::parse,
                PortInterval::toString);
    }

    static ValueType<SharedPort> sharedPort() {
        return new TextType<>("a port or an interval of ports, such as 443, 8000-8010 or 53/udp", SharedPort::parse,
                SharedPort::toString);
    }

    static ValueType<FurtherPort> furtherPort() {
        return new FurtherPortType();
    }

    static ValueType<Route> route() {
        return new TextType<>("a route such as 10.1.0.0/16 via 10.0.0.254", Route::parse, Route::toString);
    }

    static ValueType<DeviceSpec> device() {
        return new TextType<>("a device such as memory or tap:mr0", DeviceSpec::parse, DeviceSpec::toString);
    }

    static ValueType<RssKey> rssKey() {
        return new TextType<>("80 hexadecimal digits", text -> new RssKey(text.toLowerCase(Locale.ROOT)), RssKey::hex);
    }

    static ValueType<String> hostName() {
        return new TextType<>("1 to 63 letters, digits, dots and hyphens", text -> {
            if (!text.matches("[A-Za-z0-9.-]{1,63}")) {
                throw new IllegalArgumentException();
            }
            return text;
        }, text -> text);
    }

    static ValueType<StaticNeighbour> neighbour() {
        return new TextType<>("a neighbour such as 10.0.0.9 = 02:00:00:00:00:0a", StaticNeighbour::parse,
                StaticNeighbour::toString);
    }

    static ValueType<CpuRange> cpus() {
        return new TextType<>("a CPU such as 2, or several such as 2-5", CpuRange::parse, CpuRange::toString);
    }

    static ValueType<String> text() {
        return new TextType<>("a text", text -> text, text -> text);
    }

    /** @param allowed what a text that matches the pattern is, as it follows "must be". */
    static ValueType<String> text(final String allowed, final Pattern pattern) {
        return new TextType<>(allowed, text -> {
            if (!pattern.matcher(text).matches()) {
                throw new IllegalArgumentException();
            }
            return text;
        }, text -> text);
    }

    static ValueType<Path> file() {
        return new TextType<>("the name of a file", Path::of, Path::toString);
    }

    static <T> ValueType<Optional<T>> optional(final ValueType<T> type) {
        return new OptionalType<>(type, "");
    }

    /** A value, or the word auto for none. */
    static <T> ValueType<Optional<T>> orAuto(final ValueType<T> type) {
        return new OptionalType<>(type, "auto");
    }

    static <T> ValueType<List<T>> list(final ValueType<T> type) {
        return list(type, LIST_LIMIT);
    }

    static <T> ValueType<List<T>> list(final ValueType<T> type, final int most) {
        return new ListType<>(type, most);
    }
}
