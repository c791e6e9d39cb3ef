package io.millrace.demo;

/**
 * What the demonstration does.
 *
 * @param loss        probability that a frame is lost, each way, 0 to 0.5.
 * @param seed        of the losses.
 * @param connections that are open at a time, at least 1.
 * @param requests    on each connection, at least 1.
 */
public record DemoSettings(double loss, long seed, int connections, int requests) {}
