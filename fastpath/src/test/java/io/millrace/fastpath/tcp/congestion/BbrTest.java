package io.millrace.fastpath.tcp.congestion;

/** BBR keeps to the contract; what it does on a path is in BbrPathTest. */
class BbrTest extends CongestionControlContract {
    @Override
    CongestionControl control() {
        return CongestionControls.at(CongestionControls.number("bbr"));
    }
}
