package io.millrace.examples.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A key and its own certificate, made by the JDK's keytool.
 *
 * @param keyStore    PKCS #12, with {@link #PASSWORD}.
 * @param certificate PEM, to be trusted by a client.
 */
record SelfSigned(Path keyStore, Path certificate) {
    static final String PASSWORD = "changeit";

    static SelfSigned forAddress(final String address, final Path folder) throws IOException, InterruptedException {
        final SelfSigned made = new SelfSigned(folder.resolve("server.p12"), folder.resolve("server.pem"));
        keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=millrace",
                "-ext", "san=ip:" + address, "-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD,
                "-keystore", made.keyStore.toString());
        keytool("-exportcert", "-rfc", "-alias", "server", "-storepass", PASSWORD, "-keystore",
                made.keyStore.toString(), "-file", made.certificate.toString());
        return made;
    }

    private static void keytool(final String... arguments) throws IOException, InterruptedException {
        final String[] line = new String[arguments.length + 1];
        line[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        final Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", line) + ": " + output);
        }
    }
}
