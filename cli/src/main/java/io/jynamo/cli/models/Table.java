package io.jynamo.cli.models;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text under headings, every column as wide as its widest cell. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(headings);
    }

    void add(String... cells) {
        rows.add(cells);
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 2);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
