package io.millrace.fastpath.tcp.matrix;

import io.millrace.fastpath.tcp.TcpState;

/**
 * One cell: what happens where, and what must come of it. The columns as they stand in the table; an empty column
 * ({@code -}) is an empty string.
 *
 * @param section of which RFC.
 * @param given   what has happened since the state was entered.
 * @param event   flags of a segment, or a user call in capitals; then {@code win=} and {@code up=}.
 * @param seq     SEG.SEQ - RCV.NXT.
 * @param ack     SEG.ACK - SND.NXT; empty without ACK.
 * @param told    what the user is told: the answer of the call, then signals.
 */
record Cell(Start start, String section, String given, String event, String seq, String ack, String text, String reply,
        TcpState next, String told, String remark, int line) {

    private static final int COLUMNS = 9;

    /** A row of a table. */
    static Cell parse(final Start start, final String section, final String row, final int line) {
        final String[] columns = row.split("\\|", -1);
        if (section.isEmpty() || columns.length < COLUMNS - 1 || columns.length > COLUMNS) {
            throw new IllegalArgumentException(start.resource() + ":" + line + ": " + row);
        }
        for (int i = 0; i < columns.length; i++) {
            columns[i] = columns[i].strip();
            columns[i] = "-".equals(columns[i]) ? "" : columns[i];
        }
        return new Cell(start, section, columns[0], columns[1], columns[2], columns[3], columns[4], columns[5],
                TcpState.valueOf(columns[6]), columns[7], columns.length == COLUMNS ? columns[8] : "", line);
    }

    /** What no two cells share. */
    String key() {
        return String.join("|", start.name(), given, event, seq, ack, text);
    }

    boolean isCall() {
        return seq.isEmpty();
    }

    /** The flags, or the name of the call. */
    String word() {
        return event.split(" ")[0];
    }

    /** A number behind a word of the event, as in {@code win=0}; {@code otherwise} where it is not there. */
    int number(final String word, final int otherwise) {
        for (final String part : event.split(" ")) {
            if (part.startsWith(word + "=")) {
                return Integer.parseInt(part.substring(word.length() + 1));
            }
        }
        return otherwise;
    }

    int relativeSeq() {
        return Integer.parseInt(seq);
    }

    boolean has(final char flag) {
        return !isCall() && word().indexOf(flag) >= 0;
    }

    /** SEG.LEN. */
    int length() {
        return text.length() + (has('S') ? 1 : 0) + (has('F') ? 1 : 0);
    }

    @Override
    public String toString() {
        return start + (given.isEmpty() ? "" : " {" + given + "}") + " " + event + (isCall() ? "" : " seq " + seq)
                + (ack.isEmpty() ? "" : " ack " + ack) + (text.isEmpty() ? "" : " [" + text + "]");
    }
}
