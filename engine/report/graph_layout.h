// Where each step of a graph is drawn: time goes to the right, a column a longest path; each table has a
// lane. Lengths are CSS pixels, from the upper left corner.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace planrun {

struct GraphPoint {
  double x = 0;
  double y = 0;
};

struct GraphBox {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  double right() const { return x + width; }
  double middle() const { return y + height / 2; }
};

struct PlacedStep {
  std::size_t step = 0;  // of graph.steps
  std::size_t column = 0;
  std::size_t lane = 0;
  GraphBox box;
  std::string kind;  // "foreign key"
  std::string name;  // what of the table it is about, cut to fit the box; may be empty
};

/// All steps of one table; of none: the first loads of small tables, or what stands beside tables.
struct GraphLane {
  std::string title;  // cut to fit
  GraphBox box;
};

/// From the right side of one box to the left side of another. It runs between columns and between lanes, so
/// that it crosses no box; two points of one height are joined by a line, others by an S.
struct PlacedEdge {
  std::vector<GraphPoint> points;
};

struct GraphLayout {
  double width = 0;
  double height = 0;
  double lane_label_width = 0;
  std::vector<PlacedStep> steps;  // as graph.steps
  std::vector<GraphLane> lanes;
  std::vector<GraphPoint> joins;  // where many steps meet before several others
  std::vector<PlacedEdge> edges;
};

GraphLayout layout_graph(const Graph& graph);

/// What `text` is at most as wide as, in the usual sans-serif fonts of `size` pixels.
double text_width(const std::string& text, double size);
/// `text`, or its two ends around an ellipsis, so that it is at most `width` wide.
std::string cut_to_width(const std::string& text, double size, double width);

/// "foreign key": a step's kind as words.
std::string kind_words(StepKind kind);
/// What of its table a step is about: "shipped_items_pkey", "orders, items" for a group of loads; may be
/// empty.
std::string step_name(const Step& step);
/// The heading that a step stands under: its table, or what it has instead.
std::string lane_title(const Step& step);

}  // namespace planrun
