package io.jynamo.engine.tensor;

/**
 * Bit masks of the code kernels. They are variables on purpose: of a constant, the compiler would load a copy from
 * memory at every use instead of keeping one in a register.
 */
final class CodeConstants {
    static int one = 0x3F800000;
    static int fourMask = 0x780000;
    static int fiveMask = 0x3C0000;
    static int fifthMask = 0x400000;
    static int halfMask = 0x8FFFE000;

    private CodeConstants() {}
}
