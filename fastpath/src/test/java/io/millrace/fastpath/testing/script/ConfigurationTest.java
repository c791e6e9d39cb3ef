package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fastpath.tcp.TcpSettings;
import org.junit.jupiter.api.Test;

/** Options and initial commands of scripts, as settings of the stack. */
class ConfigurationTest {
    private static Configuration of(final String head) {
        return Configuration.of(Script.parse("test.pkt", head));
    }

    private static TcpSettings tcp(final String commands) {
        return of("`" + commands + "`").setup().tcp();
    }

    private static String problem(final String head) {
        return assertThrows(ScriptSyntaxException.class, () -> of(head)).getMessage();
    }

    @Test
    void shouldHavePacketdrillsDefaults() {
        final Configuration configuration = of("");
        assertEquals("192.168.0.1", configuration.localAddress());
        assertEquals("192.0.2.1", configuration.remoteAddress());
        assertEquals(8080, configuration.bindPort());
        assertEquals(8080, configuration.connectPort());
        assertEquals(4_000_000, configuration.toleranceNs());
        assertEquals(-1, configuration.timestampTolerance());
        assertEquals(1500, configuration.setup().mtu());
    }

    @Test
    void shouldTakeOptions() {
        final Configuration configuration = of("--tolerance_usecs=1000 --mtu=1280 --local_ip=10.0.0.1"
                + " --remote_ip=10.0.0.2 --bind_port=80 --connect_port=81 --tcp_ts_tick_usecs=1000 --ip_version=ipv4"
                + " --netmask_ip=255.255.0.0");
        assertEquals(1_000_000, configuration.toleranceNs());
        assertEquals(1280, configuration.setup().mtu());
        assertEquals("10.0.0.1", configuration.localAddress());
        assertEquals("10.0.0.2", configuration.remoteAddress());
        assertEquals(80, configuration.bindPort());
        assertEquals(81, configuration.connectPort());
        assertEquals(2, configuration.timestampTolerance());
    }

    @Test
    void shouldTakeSettingsThatLinuxDoesNotHave() {
        assertEquals(TcpSettings.AckPolicy.EVERY, of("--ack_policy=every").setup().tcp().ackPolicy());
        assertEquals(TcpSettings.OptionOrder.BSD, of("--option_order=bsd").setup().tcp().optionOrder());
        assertEquals(TcpSettings.FinInClosing.EVERY_ACK,
                of("--fin_in_closing=every-ack").setup().tcp().finInClosing());
        assertTrue(problem("--option_order=solaris").contains("no such value"));
    }

    @Test
    void shouldRefuseOptionsThatItDoesNotKnow() {
        assertTrue(problem("\n--colour=blue").startsWith("test.pkt:2:1: --colour: not known; known are"));
        assertTrue(problem("--mtu=large").contains("no such value"));
        assertTrue(problem("--ip_version=ipv5").contains("only ipv4 and ipv6"));
    }

    @Test
    void shouldTakeSysctlsInAnyOfTheirForms() {
        assertFalse(tcp("sysctl -q net.ipv4.tcp_window_scaling=0").windowScaling());
        assertFalse(tcp("sysctl -q -w \"net.ipv4.tcp_window_scaling=0\"").windowScaling());
        assertFalse(tcp("./defaults.sh\\n./set_sysctls.py /proc/sys/net/ipv4/tcp_window_scaling=0".replace("\\n", "\n"))
                .windowScaling());
        final TcpSettings several = tcp("""
                ./defaults.sh
                sysctl -q net.ipv4.tcp_rmem="4096 20000 100000"; sysctl -q net.ipv4.tcp_syn_retries=3
                sysctl -q net.ipv4.tcp_congestion_control=reno && ip route replace dev tun0 initcwnd 4
                ./set_sysctls.py /proc/sys/net/ipv4/tcp_retries2=7 /proc/sys/net/ipv4/tcp_fin_timeout=9""");
        assertEquals(20_000, several.initialReceiveBuffer());
        assertEquals(100_000, several.receiveBuffer());
        assertEquals(3, several.synRetries());
        assertEquals("newreno", several.congestionControl());
        assertEquals(4, several.initialWindow());
        assertEquals(7, several.retries());
        assertEquals(9_000_000_000L, several.finWait2TimeoutNs());
    }

    @Test
    void shouldRefuseCommandsThatItDoesNotKnow() {
        assertTrue(problem("`rm -rf /`").startsWith("test.pkt:1:1: `rm -rf /`: not known here; known are sysctl"));
        assertTrue(problem("`sysctl -q net.ipv4.tcp_no_such=1`").contains("tcp_no_such: not known; known are"));
        assertTrue(problem("`sysctl -q net.ipv4.tcp_retries2=many`").contains("no such value"));
        assertTrue(problem("`sysctl net.ipv4.tcp_retries2`").contains("expected \"net.ipv4.name=value\""));
    }
}
