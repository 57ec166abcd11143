package io.muster.server.cli;

import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. By {@code sun.misc.Signal}, since a shutdown hook can neither choose the exit code nor hear of a second signal; and by reflection,
 * since javac's warning of that class can't be silenced in one place.
 */
public final class OsSignal {

    private OsSignal() {}

    /**
     * Runs the reaction on a thread of its own at each signal of that name, in the place of what the JVM does.
     *
     * @param name without SIG
     * @throws ReflectiveOperationException if this JVM tells of no signals, or not of that one
     */
    public static void handle(String name, Runnable reaction) throws ReflectiveOperationException {
        Class<?> signalClass = Class.forName("sun.misc.Signal");
        Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
        Object handler = Proxy.newProxyInstance(
                handlerClass.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == handlerClass) {
                        reaction.run();
                    }
                    return null;
                });
        signalClass
                .getMethod("handle", signalClass, handlerClass)
                .invoke(null, signalClass.getConstructor(String.class).newInstance(name), handler);
    }
}
