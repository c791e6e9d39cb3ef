/**
 * The configuration: every setting declared once ({@link io.millrace.config.ConfigKeys}), read from HOCON, checked as a
 * whole, immutable afterwards ({@link io.millrace.config.MillraceConfig}).
 * <p>
 * Thread: any; a configuration is built by one thread and read by all. Imports: the settings records of the fast path,
 * com.typesafe.config; nothing else of the control plane.
 */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
