package io.millrace.bench.many;

/**
 * Short connections.
 *
 * @param addresses of the client, from which they come in turn.
 * @param window    how many live at once.
 * @param timeWait  records of TIME_WAIT.
 */
public record ShortSettings(int addresses, int window, int timeWait) {}
