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
import java.util.concurrent.atomic.AtomicInteger;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.CategoryStyler;
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

  private static final AtomicInteger CHARTS = new AtomicInteger();

  /** Charts share a page, so their ids must differ. */
  private static final class Ids extends SVGIDGenerator {
    private final int chart;

    Ids(int chart) {
      this.chart = chart;
    }

    @Override
    public String generateID(String prefix) {
      return super.generateID("c" + chart + prefix);
    }
  }

  private Charts() {}

  /** Bars side by side on a logarithmic scale, on which XChart draws no errors. */
  static String bars(String unit, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    logarithmic(chart.getStyler(), series);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  /**
   * One bar for each category (a series is NaN where another has one), coloured by series, with its
   * value.
   */
  static String labelled(String unit, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    logarithmic(chart.getStyler(), series);
    chart.getStyler().setOverlapped(true).setAvailableSpaceFill(0.6).setLabelsVisible(true);
    chart.getStyler().setLabelsFont(font(Font.BOLD, 12)).setLabelsPosition(0.9);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  /** Parts of a whole on top of each other. */
  static String stacks(String unit, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    chart.getStyler().setStacked(true).setAvailableSpaceFill(0.5);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  /** A line for each series, with a mark at each category. */
  static String lines(
      String title, String unit, List<String> categories, Map<String, double[]> series) {
    CategoryChart chart = category(unit, series.size());
    chart.setXAxisTitle(title);
    chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line);
    chart.getStyler().setYAxisMin(0.0).setMarkerSize(8);
    series.forEach((name, values) -> chart.addSeries(name, categories, boxed(values)));
    return svg(chart);
  }

  private static void logarithmic(CategoryStyler styler, Map<String, double[]> series) {
    double[] all =
        series.values().stream()
            .flatMapToDouble(Arrays::stream)
            .filter(value -> value > 0)
            .sorted()
            .toArray();
    styler.setYAxisLogarithmic(true);
    styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(all[0] * 0.99))));
    styler.setYAxisMax(Math.pow(10, Math.ceil(Math.log10(all[all.length - 1] * 1.01))));
  }

  private static CategoryChart category(String unit, int series) {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle(unit).build();
    style(chart.getStyler(), series);
    chart.getStyler().setAvailableSpaceFill(0.85);
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

  private static String svg(Chart<?, ?> chart) {
    try {
      Document document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .getDOMImplementation()
              .createDocument("http://www.w3.org/2000/svg", "svg", null);
      SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
      context.setPrecision(1);
      context.setIDGenerator(new Ids(CHARTS.incrementAndGet()));
      context.setComment(null);
      SVGGraphics2D graphics = new SVGGraphics2D(context, false);
      graphics.setSVGCanvasSize(new Dimension(chart.getWidth(), chart.getHeight()));
      chart.paint(graphics, chart.getWidth(), chart.getHeight());
      StringWriter text = new StringWriter();
      graphics.stream(text, true);
      String svg = text.toString();
      return svg.substring(svg.indexOf("<svg"))
          .replaceAll("\\s*\n\\s*", "")
          .replace("<defs id=\"genericDefs\"/>", "");
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
