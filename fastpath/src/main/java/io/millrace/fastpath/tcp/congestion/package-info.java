/**
 * Congestion control: an SPI, its implementations, their registry. To add one: one class, one line in
 * {@link io.millrace.fastpath.tcp.congestion.CongestionControls}, a subclass of the contract test.
 * <p>
 * Thread: the engine's. May import: flow, memory, wire.
 */
@NullMarked
package io.millrace.fastpath.tcp.congestion;

import org.jspecify.annotations.NullMarked;
