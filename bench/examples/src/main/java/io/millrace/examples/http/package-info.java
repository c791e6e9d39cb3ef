/** HTTP/1.1, and HTTP/2 with TLS, by Netty's own codecs. */
@NullMarked
package io.millrace.examples.http;

import org.jspecify.annotations.NullMarked;
