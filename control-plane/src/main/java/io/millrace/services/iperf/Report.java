package io.millrace.services.iperf;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the server tells of a test: CPU of the event loop that has the control connection, bytes and retransmissions.
 *
 * @param theirs the client's report, in whose order its streams were connected.
 */
record Report(List<StreamHandler.Result> streams, Map<String, Object> theirs, CpuUse cpu, double seconds) {
    String toJson() {
        final StringBuilder json = new StringBuilder(String.format(Locale.ROOT,
                "{\"cpu_util_total\":%f,\"cpu_util_user\":%f,\"cpu_util_system\":%f,\"sender_has_retransmits\":%d",
                cpu.totalPercent(), cpu.userPercent(), cpu.totalPercent() - cpu.userPercent(),
                streams.stream().anyMatch(stream -> stream.retransmits() >= 0) ? 1 : -1));
        if (!streams.isEmpty() && streams.getFirst().congestion() != null) {
            json.append(",\"congestion_used\":\"").append(streams.getFirst().congestion()).append('"');
        }
        json.append(",\"streams\":[");
        for (int i = 0; i < streams.size(); i++) {
            final StreamHandler.Result stream = streams.get(i);
            json.append(i == 0 ? "" : ",").append(String.format(Locale.ROOT,
                    "{\"id\":%d,\"bytes\":%d,\"retransmits\":%d,\"jitter\":0,\"errors\":0,\"packets\":0,"
                            + "\"start_time\":0,\"end_time\":%f}",
                    id(i), stream.bytes(), stream.retransmits(), seconds));
        }
        return json.append("]}").toString();
    }

    /** As the client calls the stream; iperf3 counts 1, 3, 4, 5. */
    private long id(final int stream) {
        if (theirs.get("streams") instanceof final List<?> list && stream < list.size()
                && list.get(stream) instanceof final Map<?, ?> entry && entry.get("id") instanceof final Number id) {
            return id.longValue();
        }
        return stream == 0 ? 1 : stream + 2;
    }
}
