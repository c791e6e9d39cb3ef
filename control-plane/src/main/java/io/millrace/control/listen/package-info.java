/**
 * Listening endpoints: who listens where, and which of several a flow belongs to; SYN queues, when SYN cookies take their
 * place, and accept queues; who is admitted. Engines read the published table and take
 * places in queues without a lock; binding and closing is serialised.
 * Thread: any. Imports: {@code config}, {@code control.address}, {@code control.counters}, {@code control.security},
 * {@code fastpath.control}, {@code fastpath.tcp}, {@code fastpath.wire}, JCTools.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.listen;
