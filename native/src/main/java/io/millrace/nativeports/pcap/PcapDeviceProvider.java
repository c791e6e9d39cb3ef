package io.millrace.nativeports.pcap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.fastpath.port.PortOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replays capture files: {@code pcap:FILE[,speed=FACTOR|max][,after=SECONDS]}. Thread: any. */
public final class PcapDeviceProvider implements PacketDeviceProvider {
    static final String SCHEME = "pcap";

    public PcapDeviceProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String usage() {
        return "pcap:FILE[,speed=FACTOR|max][,after=SECONDS]  a capture file is what comes in; FILE.out.pcapng records"
                + " what is sent";
    }

    @Override
    public @Nullable String unavailabilityCause() {
        return null;
    }

    @Override
    public List<PortOption> options() {
        return List.of(PcapSpec.SPEED_OPTION, PcapSpec.AFTER_OPTION);
    }

    @Override
    public void check(final String argument) throws IOException {
        PcapSpec.parse(argument);
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        final Path file = PcapSpec.parse(request.argument()).file();
        return Files.isReadable(file)
                ? List.of()
                : List.of(new PortFinding(Weight.FATAL, "there is no file " + file + " that can be read",
                        "Name a capture, of tcpdump -w or of --capture"));
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return PcapDevice.open(request);
    }

    /** A file has no interface. */
    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        return task.run("", true);
    }
}
