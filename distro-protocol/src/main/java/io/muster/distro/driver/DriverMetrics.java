package io.muster.distro.driver;

/** Counts what happens in the driver. Called on its thread or a caller's; implementations are thread-safe, quick, and do not throw. */
public interface DriverMetrics {

    /** So many changes were carried out in one call. */
    void applied(int changes);

    /** A call had a change whose condition did not hold. */
    void refused();

    /** A call was turned away because the queue was full (X17). */
    void overloaded();

    /** A listener threw. */
    void listenerFailed();

    /** The marker of a cold start could not be read, written or deleted. */
    void markerFailed();

    /** The process stood still for so long. */
    void stoodStill(long gapMillis);

    /** A message went out to another member. */
    default void frameSent(int bytes) {}

    /** A message came from another member, well formed or not. */
    default void frameReceived(int bytes) {}

    /** What came was no message. */
    default void frameMalformed() {}
}
