package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.TcpSettings;
import org.junit.jupiter.api.Test;

class SettingsOverlayTest {
    private static final TcpSettings STACK = TcpSettings.DEFAULT.toBuilder().mss(1_000).noDelay(false).build();

    private final SettingsOverlay overlay = new SettingsOverlay();

    @Test
    void shouldHaveNoSettingsOfItsOwnWhereNothingDiffersFromNettysDefaults() {
        overlay.noDelay(true);
        overlay.base(STACK);
        final SettingsOverlay other = new SettingsOverlay();
        other.base(STACK);
        assertThat(overlay.settings()).isSameAs(other.settings());
        assertThat(overlay.settings().noDelay()).isTrue();
        assertThat(overlay.settings().mss()).isEqualTo(1_000);
        assertThat(STACK.noDelay()).isFalse();
    }

    @Test
    void shouldDelayWhereThatWasSetBeforeTheStackIsKnown() {
        overlay.noDelay(false);
        assertThat(overlay.settings().noDelay()).isFalse();
        overlay.base(STACK);
        assertThat(overlay.settings().noDelay()).isFalse();
        overlay.noDelay(true);
        assertThat(overlay.settings().noDelay()).isTrue();
        overlay.base(TcpSettings.DEFAULT);
        assertThat(overlay.settings().noDelay()).isTrue();
    }

    @Test
    void shouldTakeTheLastOfSeveralWords() {
        overlay.noDelay(false);
        overlay.noDelay(true);
        overlay.mss(500);
        overlay.base(STACK);
        assertThat(overlay.settings().noDelay()).isTrue();
        assertThat(overlay.settings().mss()).isEqualTo(500);
        overlay.noDelay(false);
        assertThat(overlay.settings().noDelay()).isFalse();
        assertThat(overlay.settings().mss()).isEqualTo(500);
    }

    @Test
    void shouldKeepWhatAConnectionWasOpenedWith() {
        final SettingsOverlay opened = new SettingsOverlay(STACK);
        opened.noDelay(false);
        assertThat(opened.settings()).isSameAs(STACK);
        opened.noDelay(true);
        assertThat(opened.settings().noDelay()).isTrue();
        assertThat(opened.settings().mss()).isEqualTo(1_000);
        opened.noDelay(false);
        assertThat(opened.settings().noDelay()).isFalse();
    }

    @Test
    void shouldTakeTheSettingsOfItsOwnStack() {
        final TcpSettings another = STACK.toBuilder().mss(900).noDelay(true).build();
        overlay.base(STACK);
        final SettingsOverlay other = new SettingsOverlay();
        other.base(another);
        assertThat(overlay.settings().mss()).isEqualTo(1_000);
        assertThat(other.settings()).isSameAs(another);
        overlay.base(another);
        assertThat(overlay.settings()).isSameAs(another);
    }
}
