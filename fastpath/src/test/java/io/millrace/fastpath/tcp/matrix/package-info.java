/**
 * The state × event matrix: RFC 9293 §3.10 with RFC 5961 and RFC 1337 as tables in {@code matrix/*.txt}, and what puts
 * each cell to a stack in virtual time. The tables' format is described in {@code matrix/README.md}. Thread: the test's.
 */
package io.millrace.fastpath.tcp.matrix;
