package io.muster.naming.registry;

/**
 * A refusal that the caller can correct; nothing was changed. The message is meant for the client as it is. No stack
 * trace: these are answers, not accidents.
 */
public abstract sealed class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private RegistryException(String message) {
        super(message, null, false, false);
    }

    /** What was to be changed is not there. */
    public static final class NotFound extends RegistryException {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }
    }

    /** What was to be created is there. */
    public static final class AlreadyExists extends RegistryException {
        private static final long serialVersionUID = 1L;

        public AlreadyExists(String message) {
            super(message);
        }
    }

    /** What was to be deleted is in use. */
    public static final class StillInUse extends RegistryException {
        private static final long serialVersionUID = 1L;

        public StillInUse(String message) {
            super(message);
        }
    }

    /** The service is declared to hold instances of the other kind only. */
    public static final class WrongKind extends RegistryException {
        private static final long serialVersionUID = 1L;

        public WrongKind(String message) {
            super(message);
        }
    }
}
