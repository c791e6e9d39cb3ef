/**
 * Flyweight codecs over off-heap bytes: Ethernet, VLAN, ARP, IPv4, IPv6, ICMPv4, UDP, TCP and its options; Internet
 * checksums; 32-bit sequence arithmetic. A header is length-checked once, when it is wrapped; then accessors trust it.
 * Lengths are read once, when wrapping, so bytes that change underneath cannot move an accessor outside the frame.
 * <p>
 * Pure functions of a buffer: no clock, no state but what is wrapped, no allocation except in text and parsing.
 * <p>
 * Thread: any; a flyweight object belongs to one. May import {@code memory} only.
 */
@NullMarked
package io.millrace.fastpath.wire;

import org.jspecify.annotations.NullMarked;
