package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.services.iperf.IperfService;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real iperf3 as a client of the stack. */
class IperfInteropTest extends KernelInteropBothFamilies {
    private static final int PORT = 5_201;
    private static final long BYTES = 100_000_000;

    @ParameterizedTest(name = "offloads {0}: {1}")
    @CsvSource({"true,''", "false,''", "true,-R", "false,-R", "true,-P 4", "true,-R -P 4"})
    void shouldTransferAllThatIperf3AsksFor(final boolean offloads, final String options) throws Exception {
        launchService(offloads, 1);
        final Config end = measure(("-n " + BYTES + ' ' + options).trim()).getConfig("end");
        assertThat(end.getLong("sum_sent.bytes")).isGreaterThanOrEqualTo(BYTES);
        assertThat(end.getLong("sum_received.bytes")).isPositive()
                .isLessThanOrEqualTo(end.getLong("sum_sent.bytes"));
        if (options.contains("-R")) {
            assertThat(end.getLong("sum_received.bytes")).isGreaterThanOrEqualTo(BYTES);
            assertThat(end.getString("receiver_tcp_congestion")).isNotEmpty();
            assertThat(end.getString("sender_tcp_congestion")).as("the stack's").isEqualTo("cubic");
        }
        assertThat(end.getList("streams")).hasSize(options.contains("-P") ? 4 : 1);
    }

    @Test
    void shouldMeasureBothDirectionsAtOnceOverSeveralEngines() throws Exception {
        launchService(true, 2);
        final Config end = measure("-t 1 -O 1 -P 2 --bidir -C cubic -N").getConfig("end");
        for (final String sum : List.of("sum_sent", "sum_received", "sum_sent_bidir_reverse",
                "sum_received_bidir_reverse")) {
            assertThat(end.getLong(sum + ".bytes")).as(sum).isPositive();
        }
        assertThat(end.getList("streams")).hasSize(4);
    }

    @Test
    void shouldSendNoFasterThanAsked() throws Exception {
        launchService(true, 1);
        final Config end = measure("-t 1 -R -b 8M -l 1000").getConfig("end");
        // 1 MB a second: the machine may be busy, and the test longer than a second, but not 50
        assertThat(end.getLong("sum_sent.bytes")).isPositive().isLessThan(50_000_000);
    }

    @Test
    void shouldRefuseWhatItDoesNotHaveAndWhoComesMeanwhile() throws Exception {
        launchService(true, 1);
        assertThat(refused("-u")).contains("not implemented");
        try (Socket other = connectFromKernel(PORT)) {
            other.getOutputStream().write(new byte[37]);
            assertThat(other.getInputStream().read()).as("PARAM_EXCHANGE").isEqualTo(9);
            assertThat(refused("-n 1")).contains("busy");
        }
        Await.until("the other is forgotten", () -> !json(iperf("-n 1")).hasPath("error"));
    }

    private void launchService(final boolean offloads, final int engines) throws Exception {
        requireTool("iperf3");
        launch(offloads, "millrace.threading.engines = " + engines, device -> device);
        final IperfService service = new IperfService();
        serve(PORT, () -> service);
    }

    private NetworkNamespace.Output iperf(final String options) throws Exception {
        final List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-c", stackIp(), "-p",
                Integer.toString(PORT)));
        command.addAll(List.of(options.split(" ")));
        return kernel.exec(command.toArray(new String[0]));
    }

    private Config measure(final String options) throws Exception {
        final Config measured = json(iperf(options));
        assertThat(measured.hasPath("error")).as(measured.toString()).isFalse();
        return measured;
    }

    private String refused(final String options) throws Exception {
        return json(iperf(options)).getString("error");
    }

    private static Config json(final NetworkNamespace.Output output) {
        // iperf3 repeats fields, which JSON does not allow
        return ConfigFactory.parseString(output.text().substring(output.text().indexOf('{')),
                ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF));
    }
}
