package io.millrace.fastpath.port;

/**
 * What stands against a device, or will, as far as that shows before it is opened.
 *
 * @param weight how much it matters.
 * @param what   what is so; a sentence without its full stop.
 * @param remedy what to do; a sentence without its full stop.
 */
public record PortFinding(Weight weight, String what, String remedy) {
    /** How much something matters. */
    public enum Weight {
        /** The device cannot be opened. */
        FATAL,
        /** It can, and frames will not pass as they should. */
        HINDERING,
        /** It works, and could work better. */
        ADVICE
    }
}
