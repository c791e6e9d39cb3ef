/**
 * Loss recovery: what is sent again, and when. How much may be in flight is congestion control's business.
 * <p>
 * Thread: the engine's. May import: flow, wire, tcp.congestion.
 */
@NullMarked
package io.millrace.fastpath.tcp.recovery;

import org.jspecify.annotations.NullMarked;
