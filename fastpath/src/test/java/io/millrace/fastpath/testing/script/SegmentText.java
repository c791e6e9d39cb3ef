package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.PacketSpec.Tcp;

/** A segment as a script writes it, written again. */
record SegmentText(Tcp segment) {
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        if (segment.ecn() != null) {
            text.append('[').append(segment.ecn().text()).append("] ");
        }
        if (segment.ports() != null) {
            text.append(segment.ports().source()).append('>').append(segment.ports().destination()).append(' ');
        }
        text.append(Segment.flagsText(segment.flags())).append(' ').append(segment.seq()).append(':')
                .append(segment.seq() + segment.length() & 0xFFFF_FFFFL).append('(').append(segment.length())
                .append(')');
        text.append(segment.ack() == PacketSpec.UNSAID ? "" : " ack " + segment.ack());
        text.append(segment.window() == PacketSpec.UNSAID ? "" : " win " + segment.window());
        text.append(segment.urgent() == 0 ? "" : " urg " + segment.urgent());
        text.append(segment.options() == null ? " <...>" : Segment.text(segment.options()));
        return text.toString();
    }
}
