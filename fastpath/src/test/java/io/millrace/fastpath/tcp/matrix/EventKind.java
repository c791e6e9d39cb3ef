package io.millrace.fastpath.tcp.matrix;

/** What a cell's event is, whatever its numbers are: each state must answer each kind. */
enum EventKind {
    SYN,
    SYN_WITH_TEXT,
    SYN_ACK,
    SYN_ACK_WITH_TEXT,
    ACK,
    TEXT,
    TEXT_FIN,
    FIN,
    TEXT_WITHOUT_ACK,
    FIN_WITHOUT_ACK,
    RST,
    RST_WITH_TEXT,
    RST_ACK,
    SYN_FIN,
    SYN_RST,
    FIN_RST,
    NO_FLAGS,
    ALL_FLAGS,
    URGENT,
    URGENT_TEXT,
    URGENT_FIN,
    URGENT_WITHOUT_ACK,
    CLOSED_WINDOW,
    OPEN,
    LISTEN,
    SEND,
    RECEIVE,
    CLOSE,
    ABORT,
    SHUTDOWN,
    SHUTDOWN_INPUT,
    STATUS;

    static EventKind of(final Cell cell) {
        if (cell.isCall()) {
            return valueOf(cell.word().replace('-', '_'));
        }
        if ("SFRPAU".equals(cell.word())) {
            return ALL_FLAGS;
        }
        if (cell.has('R')) {
            return reset(cell);
        }
        if (cell.has('U')) {
            return urgent(cell);
        }
        if (cell.has('S')) {
            return syn(cell);
        }
        if (cell.number("win", 1) == 0) {
            return CLOSED_WINDOW;
        }
        return cell.has('A') ? acknowledging(cell) : bare(cell);
    }

    private static EventKind reset(final Cell cell) {
        if (cell.has('S')) {
            return SYN_RST;
        }
        if (cell.has('F')) {
            return FIN_RST;
        }
        if (cell.has('A')) {
            return RST_ACK;
        }
        return cell.text().isEmpty() ? RST : RST_WITH_TEXT;
    }

    private static EventKind urgent(final Cell cell) {
        if (!cell.has('A')) {
            return URGENT_WITHOUT_ACK;
        }
        if (cell.has('F')) {
            return URGENT_FIN;
        }
        return cell.text().isEmpty() ? URGENT : URGENT_TEXT;
    }

    private static EventKind syn(final Cell cell) {
        if (cell.has('F')) {
            return SYN_FIN;
        }
        if (cell.has('A')) {
            return cell.text().isEmpty() ? SYN_ACK : SYN_ACK_WITH_TEXT;
        }
        return cell.text().isEmpty() ? SYN : SYN_WITH_TEXT;
    }

    private static EventKind acknowledging(final Cell cell) {
        if (cell.has('F')) {
            return cell.text().isEmpty() ? FIN : TEXT_FIN;
        }
        return cell.text().isEmpty() ? ACK : TEXT;
    }

    private static EventKind bare(final Cell cell) {
        if (cell.has('F')) {
            return FIN_WITHOUT_ACK;
        }
        return cell.text().isEmpty() ? NO_FLAGS : TEXT_WITHOUT_ACK;
    }
}
