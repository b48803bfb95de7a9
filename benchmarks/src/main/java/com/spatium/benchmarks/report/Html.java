/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** Pieces of the page. */
final class Html {
  private final StringBuilder text = new StringBuilder();

  static String escape(String plain) {
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Three significant digits. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  Html section(String title) {
    text.append("<h2>").append(escape(title)).append("</h2>\n");
    return this;
  }

  Html paragraph(String plain) {
    text.append("<p>").append(escape(plain)).append("</p>\n");
    return this;
  }

  Html figure(String svg, String caption) {
    text.append("<figure>").append(svg).append("<figcaption>").append(escape(caption));
    text.append("</figcaption></figure>\n");
    return this;
  }

  /**
   * @param rows the first column names the row; a cell that begins with "+" or "!" is marked as
   *     good or bad
   */
  Html table(List<String> head, List<List<String>> rows) {
    text.append("<table><thead><tr>");
    head.forEach(cell -> text.append("<th>").append(escape(cell)).append("</th>"));
    text.append("</tr></thead><tbody>\n");
    for (List<String> row : rows) {
      text.append("<tr>");
      row.forEach(this::cell);
      text.append("</tr>\n");
    }
    text.append("</tbody></table>\n");
    return this;
  }

  private void cell(String cell) {
    boolean good = cell.startsWith("+");
    boolean bad = cell.startsWith("!");
    text.append(good ? "<td class=good>" : bad ? "<td class=bad>" : "<td>");
    text.append(escape(good || bad ? cell.substring(1) : cell)).append("</td>");
  }

  String page(String title) {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.7rem; margin-bottom: 0 } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid #ddd }
        table { border-collapse: collapse; font-size: 13px; margin: 1rem 0 } th { text-align: left; border-bottom: 2px solid #999; vertical-align: bottom }
        th, td { padding: .2rem .9rem .2rem 0 } td { border-bottom: 1px solid #eee; font-variant-numeric: tabular-nums }
        td.good { color: #1a6b2d } td.bad { color: #a8321f; font-weight: 600 }
        figure { margin: 1rem 0 } figure svg { max-width: 100%%; height: auto } figcaption { font-size: 13px; color: #555; max-width: 54rem }
        p { max-width: 54rem }
        </style>
        </head>
        <body>
        <h1>%s</h1>
        %s</body>
        </html>
        """
        .formatted(escape(title), escape(title), text);
  }
}
