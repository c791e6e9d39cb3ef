package io.millrace.fastpath.testing.socket;

/**
 * An IP packet that the stack sent.
 *
 * @param timeNs virtual time at which it left, in nanoseconds.
 * @param bytes  the packet from the first byte of the IP header.
 */
public record SentPacket(long timeNs, byte[] bytes) {}
