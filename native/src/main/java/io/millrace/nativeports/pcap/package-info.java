/**
 * Capture files as a packet port: what a pcap or pcapng file of Ethernet frames holds comes in, in the file's order and
 * timing; what the stack sends is recorded in another file.
 * <p>
 * Thread: a file is read whole and checked where the device is opened; the port belongs to one engine, which also
 * writes what it sends to the file, some MiB at a time.
 * <p>
 * May import {@code fastpath}'s {@code port} and {@code memory}, and {@code nativeports.linux}.
 */
@NullMarked
package io.millrace.nativeports.pcap;

import org.jspecify.annotations.NullMarked;
