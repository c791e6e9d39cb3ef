package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.services.HttpService;
import org.junit.jupiter.api.Test;

/** Bytes that go down, up, and down again, all at once. {@link HttpInteropTest} has a gibibyte down. */
class BulkInteropTest extends KernelInterop {
    private static final long LENGTH = 1L << 29;

    @Test
    void shouldTakeHalfAGibibyteFromCurlAndSendItBack() throws Exception {
        requireTool("curl");
        launch(true);
        serve(80, HttpService::new);
        final String url = "http://" + stackIp();
        assertThat(run("sh", "-c", "curl -sS --max-time 55 " + url + "/bytes/" + LENGTH
                + " | curl -sS --max-time 55 -X POST -T - " + url + "/echo | sha256sum"))
                .isEqualTo(HexText.sha256(LENGTH) + "  -\n");
    }
}
