/** gRPC-Java, server and client. What protoc would generate is written by hand here, with text as messages. */
@NullMarked
package io.millrace.examples.grpc;

import org.jspecify.annotations.NullMarked;
