package io.muster.compatibility;

/** Puts what a test measured into the build's output, one line a figure. */
public final class Figures {

    private Figures() {}

    public static void print(String what, String figure) {
        System.out.println("figure: " + what + ": " + figure);
    }
}
