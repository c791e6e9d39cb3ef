package io.millrace.bench.flood;

/**
 * What was measured at one listener, each figure in a second.
 *
 * @param echoes      on the connections that were there.
 * @param connections opened anew, each with one echo.
 * @param lost        attempts that were refused, reset or timed out.
 * @param syns        of the flood, that the kernel took.
 * @param cookiesSent SYN cookies.
 */
public record FloodSample(double echoes, double connections, double lost, double syns, double cookiesSent) {}
