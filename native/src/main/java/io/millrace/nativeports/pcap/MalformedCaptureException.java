package io.millrace.nativeports.pcap;

import java.io.IOException;

/** A file is no capture that can be replayed; the message is a clause that says why and where. */
final class MalformedCaptureException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedCaptureException(final String clause) {
        super(clause);
    }
}
