package io.millrace.fastpath.timer;

/** What {@link TimerWheel#poll} calls. One implementation in a process keeps the call direct. */
public interface TimerHandler {
    /**
     * A timer has fired and is not armed any more. It and any other may be scheduled and cancelled from here.
     *
     * @param node  the timer.
     * @param nowNs the time given to {@link TimerWheel#poll}.
     */
    void onTimer(int node, long nowNs);
}
