package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.FinInClosing;
import io.millrace.fastpath.tcp.TcpSettings.OptionOrder;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.script.Script.Setting;
import io.millrace.fastpath.testing.socket.Setup;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a script's options and initial commands ask for. Thread: one. */
final class Configuration {
    private static final int DEFAULT_PORT = 8080;
    private static final int HEADERS = 40;
    private static final long MICROSECOND = 1_000;
    /** Options that say nothing to a stack in virtual time. */
    private static final Set<String> IGNORED = Set.of("netmask_ip", "gateway_ip", "send_omit_free", "verbose", "debug",
            "init_scripts", "so_filename", "so_flags", "wire_client", "wire_server", "wire_client_dev",
            "wire_server_dev", "wire_server_ip", "wire_server_port", "udp_encaps", "non_fatal", "persistent_tun_dev",
            "tun_dev", "dry_run", "code_command", "code_format", "code_sockopt", "speed");

    private final String file;
    private Setup setup = Setup.DEFAULT;
    private String remoteAddress = "192.0.2.1";
    private long toleranceNs = 4_000 * MICROSECOND;
    private long timestampTickNs;
    private @Nullable Family family;
    private int bindPort = DEFAULT_PORT;
    private int connectPort = DEFAULT_PORT;

    private Configuration(final String file) {
        this.file = file;
    }

    /** @throws ScriptSyntaxException for what is not known. */
    static Configuration of(final Script script) {
        final Configuration configuration = new Configuration(script.file());
        script.options().forEach(configuration::option);
        script.commands().forEach(configuration::command);
        return configuration;
    }

    private void command(final Setting command) {
        setup = Commands.apply(setup, script(command), command.text());
    }

    private Commands.Place script(final Setting setting) {
        return problem -> new ScriptSyntaxException(file, setting.line(), 1, problem);
    }

    private void option(final Setting setting) {
        final int equals = setting.text().indexOf('=');
        final String name = equals < 0 ? setting.text() : setting.text().substring(0, equals);
        final String value = equals < 0 ? "" : setting.text().substring(equals + 1).replace("\"", "");
        try {
            option(name, value, script(setting));
        } catch (final IllegalArgumentException e) {
            throw script(setting).error("--" + name + "=" + value + ": no such value");
        }
    }

    private void option(final String name, final String value, final Commands.Place place) {
        switch (name) {
            case "tolerance_usecs" -> toleranceNs = Long.parseLong(value) * MICROSECOND;
            case "tcp_ts_tick_usecs" -> timestampTickNs = Long.parseLong(value) * MICROSECOND;
            case "mtu" -> setup = setup.mtu(Integer.parseInt(value));
            case "mss" ->
                setup = setup.mtu(Integer.parseInt(value) + HEADERS + (family == Family.V6 ? Family.V6.mtu(0) : 0));
            case "bind_port" -> bindPort = Integer.parseInt(value);
            case "connect_port" -> connectPort = Integer.parseInt(value);
            case "local_ip" -> setup = setup.addresses(value);
            case "remote_ip" -> remoteAddress = value;
            case "local_iss" -> setup = setup.iss((int) Long.parseLong(value));
            case "ack_policy" -> tcp(setup.tcp().toBuilder().ackPolicy(choice(AckPolicy.class, value)));
            case "option_order" -> tcp(setup.tcp().toBuilder().optionOrder(choice(OptionOrder.class, value)));
            case "fin_in_closing" -> tcp(setup.tcp().toBuilder().finInClosing(choice(FinInClosing.class, value)));
            case "ip_version" -> family = switch (value) {
                case "ipv4" -> Family.V4;
                case "ipv6" -> Family.V6;
                default -> throw place.error("--ip_version=" + value + ": only ipv4 and ipv6 are spoken here");
            };
            default -> {
                if (!IGNORED.contains(name)) {
                    throw place.error("--" + name + ": not known; known are tolerance_usecs, tcp_ts_tick_usecs, mtu, "
                            + "mss, bind_port, connect_port, local_ip, remote_ip, local_iss, ack_policy, option_order, fin_in_closing, "
                            + "ip_version");
                }
            }
        }
    }

    private void tcp(final TcpSettings.Builder settings) {
        setup = setup.tcp(settings.build());
    }

    private static <E extends Enum<E>> E choice(final Class<E> type, final String value) {
        return Enum.valueOf(type, value.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** With the MTU as one of IPv4. */
    Setup setup() {
        return family == Family.V6 ? setup.mtu(setup.mtu() - Family.V6.mtu(0)) : setup;
    }

    /** The family that the script is written for; null where it holds for either. */
    @Nullable
    Family family() {
        return family;
    }

    /** What an MTU that an ICMP message tells is more than the script says. */
    int mtuAllowance() {
        return family == null ? Family.current().mtu(0) : 0;
    }

    String localAddress() {
        return setup.addresses().getFirst();
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /** How far from its time an event may be. */
    long toleranceNs() {
        return toleranceNs;
    }

    /** How much the tolerance is in ticks of timestamps; -1: their values are not compared. */
    long timestampTolerance() {
        return timestampTickNs == 0 ? -1 : 1 + toleranceNs / timestampTickNs;
    }

    /** Where {@code bind(3, ..., ...)} binds to. */
    int bindPort() {
        return bindPort;
    }

    /** Where {@code connect(3, ..., ...)} connects to. */
    int connectPort() {
        return connectPort;
    }
}
