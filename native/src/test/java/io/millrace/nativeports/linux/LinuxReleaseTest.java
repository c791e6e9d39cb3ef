package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinuxReleaseTest {
    @Test
    void shouldCompareReleases() {
        assertThat(LinuxRelease.isAtLeast("6.6.0-14-generic\n", 6, 6)).isTrue();
        assertThat(LinuxRelease.isAtLeast("6.18.44\n", 6, 6)).isTrue();
        assertThat(LinuxRelease.isAtLeast("7.0\n", 6, 6)).isTrue();
        assertThat(LinuxRelease.isAtLeast("6.1.0-28-amd64\n", 6, 6)).isFalse();
        assertThat(LinuxRelease.isAtLeast("5.15.0\n", 6, 6)).isFalse();
    }
}
