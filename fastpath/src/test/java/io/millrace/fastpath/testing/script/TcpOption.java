package io.millrace.fastpath.testing.script;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A TCP option as a script writes it; numbers as in the script. */
sealed interface TcpOption {
    record Nop() implements TcpOption {
        @Override
        public String toString() {
            return "nop";
        }
    }

    record Eol() implements TcpOption {
        @Override
        public String toString() {
            return "eol";
        }
    }

    record Mss(int value) implements TcpOption {
        @Override
        public String toString() {
            return "mss " + value;
        }
    }

    record WindowScale(int value) implements TcpOption {
        @Override
        public String toString() {
            return "wscale " + value;
        }
    }

    record SackPermitted() implements TcpOption {
        @Override
        public String toString() {
            return "sackOK";
        }
    }

    /** One block of a SACK option. */
    record Block(long left, long right) {
        @Override
        public String toString() {
            return left + ":" + right;
        }
    }

    record Sack(List<Block> blocks) implements TcpOption {
        @Override
        public String toString() {
            return blocks.stream().map(Block::toString).collect(Collectors.joining(" ", "sack ", ""));
        }
    }

    record Timestamps(long value, long echo) implements TcpOption {
        @Override
        public String toString() {
            return "TS val " + value + " ecr " + echo;
        }
    }

    /** RFC 7413. @param cookie hexadecimal; empty: a request. */
    record FastOpen(String cookie) implements TcpOption {
        @Override
        public String toString() {
            return cookie.isEmpty() ? "FO" : "FO " + cookie;
        }
    }

    /** One that scripts have no word for. */
    record Unknown(int kind, byte[] data) implements TcpOption {
        @Override
        public String toString() {
            return "kind " + kind + " " + HexFormat.of().formatHex(data);
        }
    }
}
