/** Reactor Netty, which Spring WebFlux runs on. */
@NullMarked
package io.millrace.examples.reactor;

import org.jspecify.annotations.NullMarked;
