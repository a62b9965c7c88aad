package io.jynamo.cli.models;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text under headings, every column as wide as its widest cell. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    /** A table without rows. */
    public Table(String... headings) {
        rows.add(headings);
    }

    /** Adds a row, a cell for each heading. */
    public void add(String... cells) {
        rows.add(cells);
    }

    public void print(PrintWriter out) {
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
