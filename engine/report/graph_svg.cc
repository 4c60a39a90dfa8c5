#include "report/graph_svg.h"

#include <cmath>

#include "base/text.h"
#include "report/graph_layout.h"
#include "report/html.h"

namespace planrun {

namespace {

constexpr double kTitleHeight = 30;  // of a target's name above its graph

struct Palette {
  std::string back, lane, box, ink, faint, line, edge, done, failed, running, undone;
};

// The states' colours keep 4.5:1 against their boxes.
Palette light() {
  return {"#fff",    "#f4f5f7", "#fff",    "#1c2127", "#5a6472", "#aab2bd",
          "#8a94a1", "#1a7f37", "#c62828", "#0b62c4", "#8a5a00"};
}
Palette dark() {
  return {"#14171a", "#1c2024", "#262b31", "#e6e9ed", "#a3adb8", "#4a535e",
          "#707b88", "#56c470", "#ff8078", "#6cb1ff", "#e0ac4a"};
}

// Plain colours, no variables: librsvg and Inkscape know none.
std::string colours(const Palette& palette) {
  std::string css;
  const auto rule = [&](const std::string& selector, const std::string& property, const std::string& colour) {
    css += ".planrun-graph " + selector + "{" + property + ":" + colour + "}\n";
  };
  rule(".back", "fill", palette.back);
  rule(".lane", "fill", palette.lane);
  rule(".box", "stroke:" + palette.line + ";fill", palette.box);
  rule("text", "fill", palette.ink);
  rule(".kind,.planrun-graph .mark", "fill", palette.faint);
  rule(".edge", "stroke", palette.edge);
  rule(".head,.planrun-graph .join", "fill", palette.edge);
  for (const auto& [state, colour] :
       {std::pair("done", palette.done), std::pair("failed", palette.failed),
        std::pair("running", palette.running), std::pair("undone", palette.undone)}) {
    const std::string step = ".state-" + std::string(state);
    rule(step + " .box", "stroke", colour);
    rule(step + " .bar,.planrun-graph " + step + " .mark", "fill", colour);
  }
  return css;
}

std::string style() {
  return "<style>\n.planrun-graph{font-family:system-ui,-apple-system,\"Segoe "
         "UI\",Roboto,Helvetica,Arial,sans-serif}\n"
         ".planrun-graph text{font-size:12px}\n.planrun-graph .kind,.planrun-graph .mark{font-size:10px}\n"
         ".planrun-graph .label{font-size:13px;font-weight:600}\n.planrun-graph .bar{fill:none}\n"
         ".planrun-graph .edge{fill:none;stroke-width:1.2}\n.planrun-graph .state-failed "
         ".box{stroke-width:2}\n"
         ".planrun-graph .state-pending .box,.planrun-graph .state-undone .box{stroke-dasharray:4 3}\n" +
         colours(light()) + "@media (prefers-color-scheme:dark){\n" + colours(dark()) + "}\n</style>\n";
}

// A length with at most one digit behind the point.
std::string px(double length) {
  const auto tenths = std::llround(length * 10);
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text;
}

std::string element(const std::string& name, const std::string& attributes, const std::string& text) {
  return "<" + name + attributes + ">" + html_text(text) + "</" + name + ">";
}

std::string at(double x, double y) {
  return " x=\"" + px(x) + "\" y=\"" + px(y) + "\"";
}

std::string rectangle(const char* style, const GraphBox& box, int radius) {
  return "<rect class=\"" + std::string(style) + "\"" + at(box.x, box.y) + " width=\"" + px(box.width) +
         "\" height=\"" + px(box.height) + "\" rx=\"" + std::to_string(radius) + "\"/>";
}

std::string point(double x, double y) {
  return px(x) + " " + px(y);
}

std::string edge_svg(const PlacedEdge& edge) {
  std::string path;
  for (std::size_t i = 0; i < edge.points.size(); ++i) {
    const GraphPoint& to = edge.points[i];
    if (i == 0) {
      path = "M" + point(to.x, to.y);
      continue;
    }
    const GraphPoint& from = edge.points[i - 1];
    const double middle = (from.x + to.x) / 2;
    path += from.y == to.y
                ? "L" + point(to.x, to.y)
                : "C" + point(middle, from.y) + " " + point(middle, to.y) + " " + point(to.x, to.y);
  }
  const GraphPoint& end = edge.points.back();
  return "<path class=\"edge\" d=\"" + path + "\"/><path class=\"head\" d=\"M" + point(end.x, end.y) +
         "l-7 -3.5v7z\"/>\n";
}

std::string mark_text(const StepMark& mark) {
  if (mark.seconds >= 0) return human_seconds(mark.seconds);
  return mark.state == "done" ? "" : mark.state;
}

// Of a state only what a class name may hold.
std::string state_class(const StepMark& mark) {
  std::string name = mark.state;
  std::erase_if(name, [](char c) { return !(c >= 'a' && c <= 'z') && c != '_' && c != '-'; });
  return name.empty() ? "step" : "step state-" + name;
}

std::string step_svg(const Step& step, const PlacedStep& placed, const StepMark& mark) {
  const GraphBox& box = placed.box;
  std::string told = step.id;
  if (step.creates.size() > 1) told += ": " + step.name;
  if (!mark.state.empty()) told += ", " + mark.state;
  if (mark.seconds >= 0) told += ", " + human_seconds(mark.seconds);
  std::string svg = "<g class=\"" + state_class(mark) + "\">" + element("title", "", told);
  svg += rectangle("box", box, 7);
  if (!mark.state.empty()) svg += rectangle("bar", {box.x, box.y + 6, 4, box.height - 12}, 2);
  const double kind_y = placed.name.empty() ? box.middle() + 4 : box.y + 14;
  svg += element("text", " class=\"kind\"" + at(box.x + 10, kind_y), placed.kind);
  const std::string corner = mark_text(mark);
  if (!corner.empty())
    svg += element("text", " class=\"mark\" text-anchor=\"end\"" + at(box.right() - 8, kind_y), corner);
  if (!placed.name.empty()) svg += element("text", at(box.x + 10, box.y + 28), placed.name);
  return svg + "</g>\n";
}

// What the drawing says, in a sentence.
std::string description(const Graph& graph, const GraphLayout& layout) {
  return std::to_string(graph.steps.size()) + " steps in " + std::to_string(layout.lanes.size()) +
         " lanes, one a table; what stands further right waits for what its lines come from.";
}

std::string drawing(const Graph& graph, const GraphLayout& layout,
                    const std::map<std::string, StepMark>& marks) {
  std::string svg;
  for (const GraphLane& lane : layout.lanes) {
    svg += rectangle("lane", lane.box, 8);
    svg += element("text", " class=\"label\"" + at(lane.box.x + 10, lane.box.y + 30), lane.title) + "\n";
  }
  for (const PlacedEdge& edge : layout.edges) svg += edge_svg(edge);
  for (const GraphPoint& join : layout.joins)
    svg += "<circle class=\"join\" cx=\"" + px(join.x) + "\" cy=\"" + px(join.y) + "\" r=\"4\"/>\n";
  for (const PlacedStep& placed : layout.steps) {
    const Step& step = graph.steps[placed.step];
    const auto mark = marks.find(step.id);
    svg += step_svg(step, placed, mark == marks.end() ? StepMark() : mark->second);
  }
  return svg;
}

std::string opening(double width, double height, const std::string& title, const std::string& told) {
  std::string tag = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"planrun-graph\" role=\"img\"";
  tag += " width=\"" + px(width) + "\" height=\"" + px(height) + "\" viewBox=\"0 0 " + px(width) + " " +
         px(height);
  tag += "\">\n" + element("title", "", title) + "\n" + element("desc", "", told) + "\n" + style();
  return tag + rectangle("back", {0, 0, width, height}, 0) + "\n";
}

}  // namespace

std::string graph_svg(const Graph& graph, const std::map<std::string, StepMark>& marks,
                      const std::string& title) {
  const GraphLayout layout = layout_graph(graph);
  return opening(layout.width, layout.height, title, description(graph, layout)) +
         drawing(graph, layout, marks) + "</svg>\n";
}

std::string graphs_svg(const std::vector<TargetGraph>& graphs, const std::string& title) {
  if (graphs.size() == 1) return graph_svg(graphs.front().graph, {}, title);
  double width = 0;
  double y = 0;
  std::string all;
  std::string told;
  for (const TargetGraph& one : graphs) {
    const GraphLayout layout = layout_graph(one.graph);
    all += element("text", " class=\"label\"" + at(16, y + 24), "target " + one.target) + "\n";
    all += "<g transform=\"translate(0 " + px(y + kTitleHeight) + ")\">\n" + drawing(one.graph, layout, {}) +
           "</g>\n";
    told += (told.empty() ? "" : " ") + std::string("Target ") + one.target + ": " +
            description(one.graph, layout);
    y += kTitleHeight + layout.height;
    width = std::max(width, layout.width);
  }
  return opening(width, y, title, told) + all + "</svg>\n";
}

}  // namespace planrun
