/** WebSocket (RFC 6455) by Netty's own codecs. */
@NullMarked
package io.millrace.examples.websocket;

import org.jspecify.annotations.NullMarked;
