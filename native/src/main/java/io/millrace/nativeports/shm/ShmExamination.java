package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands against a shared memory before its file is opened, or made. */
final class ShmExamination {
    private static final int MIB_SHIFT = 20;

    private ShmExamination() {}

    static List<PortFinding> of(final ShmSpec spec, final DeviceRequest request) throws IOException {
        final List<PortFinding> findings = new ArrayList<>();
        if (request.hostAddress() != null) {
            findings.add(new PortFinding(Weight.FATAL, "a shared memory has no host's side that could have an address",
                    "Leave millrace.port.host-address out"));
        }
        final Path folder = spec.file().getParent();
        if (Files.exists(spec.file())) {
            if (!Files.isReadable(spec.file()) || !Files.isWritable(spec.file())) {
                findings.add(new PortFinding(Weight.FATAL, spec.file() + " is not yours to read and write",
                        "Run both processes as one user, or name another file"));
            }
        } else if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            findings.add(new PortFinding(Weight.FATAL, "no file can be made in " + folder,
                    "Name one of a folder that is yours, e.g. /dev/shm/mill"));
        } else {
            room(folder, new ShmLayout(request.mtu(), request.queues(), request.frames(), request.offloads()),
                    findings);
        }
        return findings;
    }

    private static void room(final Path folder, final ShmLayout layout, final List<PortFinding> findings)
            throws IOException {
        final long free = Files.getFileStore(folder).getUsableSpace();
        if (free < layout.fileLength()) {
            findings.add(new PortFinding(Weight.FATAL,
                    "the file would take " + (layout.fileLength() >> MIB_SHIFT) + " MiB, and only "
                            + (free >> MIB_SHIFT) + " MiB are free in " + folder,
                    "Lower millrace.port.frames, name a file elsewhere, or give a container a larger /dev/shm"
                            + " (--shm-size)"));
        }
    }
}
