/** Lettuce, the Redis client. */
@NullMarked
package io.millrace.examples.redis;

import org.jspecify.annotations.NullMarked;
