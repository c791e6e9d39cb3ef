/**
 * Listening endpoints: who listens where, SYN queues and accept queues. Engines read the published table and take
 * places in queues without a lock; binding and closing is serialised.
 * Thread: any. Imports: {@code control.address}, {@code control.counters}, {@code control.security},
 * {@code fastpath.control}, {@code fastpath.tcp}, {@code fastpath.wire}, JCTools.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.listen;
