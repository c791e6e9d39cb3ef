/**
 * The conformance table, {@code fastpath/CONFORMANCE.md}, against what it names: tests, cells of the matrix, packet
 * scripts, settings, and the labels of RFC 9293's appendix B. Thread: the test's.
 */
package io.millrace.fastpath.conformance;
