package io.jynamo.text.template;

/** The arithmetic operators. */
enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    REMAINDER("%"),
    POWER("** or pow()");

    private final String pythonName;

    Operator(String pythonName) {
        this.pythonName = pythonName;
    }

    String pythonName() {
        return pythonName;
    }
}
