/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.w3c.dom.Document;

/** Charts as SVG, drawn by XChart. */
final class Charts {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 380;

  /** Ours first and in blue; told apart without colours by their order, too. */
  private static final Color[] COLOURS = {
    new Color(0x1f5fa8),
    new Color(0x7fb2e5),
    new Color(0xd9822b),
    new Color(0x7a9a3a),
    new Color(0xb9c98f),
    new Color(0x8f6bb0),
    new Color(0x8c8c8c),
    new Color(0xc05c5c)
  };

  private Charts() {}

  /**
   * Bars side by side.
   *
   * @param series name and one value for each category; NaN where there is none
   */
  static String bars(
      String unit, boolean logarithmic, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    chart.getStyler().setYAxisLogarithmic(logarithmic);
    if (logarithmic) {
      double least = extreme(series, false);
      double most = extreme(series, true);
      chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
      chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(most))));
    }
    chart.getStyler().setLabelsVisible(true).setLabelsPosition(1.0).setLabelsRotation(0);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  /** Parts of a whole on top of each other. */
  static String stacks(String unit, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    chart.getStyler().setStacked(true).setShowStackSum(true).setAvailableSpaceFill(0.5);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  /** Lines with a mark at each point. */
  static String lines(String xTitle, String unit, Map<String, double[][]> series) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(xTitle)
            .yAxisTitle(unit)
            .build();
    style(chart.getStyler(), series.size());
    chart.getStyler().setYAxisMin(0.0).setXAxisLogarithmic(true);
    chart.getStyler().setMarkerSize(8);
    series.forEach((name, points) -> chart.addSeries(name, points[0], points[1]));
    return svg(chart);
  }

  private static CategoryChart category(String unit, int series) {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle(unit).build();
    style(chart.getStyler(), series);
    chart.getStyler().setAvailableSpaceFill(0.85).setLabelsFont(font(Font.PLAIN, 9));
    return chart;
  }

  private static void style(AxesChartStyler styler, int series) {
    styler.setBaseFont(font(Font.PLAIN, 12));
    styler.setLegendFont(font(Font.PLAIN, 12)).setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal).setLegendBorderColor(Color.WHITE);
    styler.setChartTitleVisible(false).setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false).setSeriesColors(Arrays.copyOf(COLOURS, COLOURS.length));
    styler.setAxisTickLabelsFont(font(Font.PLAIN, 11)).setAxisTitleFont(font(Font.PLAIN, 12));
    styler.setPlotGridVerticalLinesVisible(false).setPlotGridLinesColor(new Color(0xdddddd));
    styler.setPlotGridLinesStroke(new BasicStroke(1f)).setLocale(Locale.ROOT);
    styler.setDecimalPattern("#,###.##");
    if (series > COLOURS.length) {
      throw new IllegalArgumentException("more series than colours");
    }
  }

  private static Font font(int kind, int size) {
    return new Font(Font.SANS_SERIF, kind, size);
  }

  private static List<Double> boxed(double[] values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      list.add(Double.isNaN(value) ? null : Double.valueOf(value));
    }
    return list;
  }

  private static double extreme(Map<String, double[]> series, boolean most) {
    var values = series.values().stream().flatMapToDouble(Arrays::stream).filter(v -> v > 0);
    return (most ? values.max() : values.min()).orElse(1);
  }

  private static String svg(Chart<?, ?> chart) {
    try {
      Document document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .getDOMImplementation()
              .createDocument("http://www.w3.org/2000/svg", "svg", null);
      SVGGraphics2D graphics = new SVGGraphics2D(document);
      graphics.setSVGCanvasSize(new Dimension(chart.getWidth(), chart.getHeight()));
      chart.paint(graphics, chart.getWidth(), chart.getHeight());
      StringWriter text = new StringWriter();
      graphics.stream(text, true);
      String svg = text.toString();
      return svg.substring(svg.indexOf("<svg"));
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
