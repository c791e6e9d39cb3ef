/**
 * What keeps an attacker who cannot see our packets from guessing them: a keyed hash, initial sequence numbers, cookies
 * of SYNs and of Fast Open, and ephemeral ports. Everything is a function of a secret, so a simulation with a fixed secret repeats exactly.
 * Thread: each object is one engine's. Imports: {@code fastpath.control}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.security;
