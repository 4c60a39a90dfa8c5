#include "report/graph_layout.h"

#include <algorithm>
#include <map>
#include <set>

#include "graph/wiring.h"

namespace planrun {

namespace {

constexpr double kMargin = 12;
constexpr double kBoxHeight = 36;
constexpr double kBoxPadding = 10;
constexpr double kLeastBoxWidth = 96;  // "foreign key" and a time beside it
constexpr double kMostTextWidth = 220;
constexpr double kMostLabelWidth = 170;
constexpr double kRowGap = 8;
constexpr double kColumnGap = 40;
constexpr double kLanePadding = 8;
constexpr double kLaneGap = 14;  // where edges that skip a column run
constexpr double kNameSize = 12;
constexpr double kLabelSize = 13;
// Edges of one lane gap keep so far apart, as many of them as fit.
constexpr double kTrackGap = 3;
constexpr std::size_t kTracks = 3;

const char* const kGroupTitle = "small tables";
const char* const kOtherTitle = "views and SQL";

// A lane is a table's where all of a step is.
std::string lane_key(const Step& step) {
  if (step.creates.size() > 1) return kGroupTitle;
  return step.table.empty() ? kOtherTitle : "table " + step.table;
}

// Widths in thousandths of the font's size: at least those of Arial, Helvetica, Segoe UI, Roboto and DejaVu
// Sans.
double letter_width(char32_t c) {
  if (c >= 0x1100) return 1.05;
  if (c >= 0x80) return 0.75;
  const char letter = static_cast<char>(c);
  if (std::string_view("iljI.,:;'|!").find(letter) != std::string_view::npos) return 0.34;
  if (std::string_view("ftr()[]-/ ").find(letter) != std::string_view::npos) return 0.43;
  if (std::string_view("mwMW@%").find(letter) != std::string_view::npos) return 1.0;
  if (letter >= 'A' && letter <= 'Z') return 0.76;
  return 0.64;
}

// Ends of the characters of UTF-8, and the code point's first byte's guess of what it is.
std::vector<std::pair<std::string, double>> letters_of(const std::string& text) {
  std::vector<std::pair<std::string, double>> letters;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const char32_t code = length == 1 ? first : length == 2 ? 0x80 : 0x1100;
    letters.emplace_back(text.substr(at, length), letter_width(code));
    at += length;
  }
  return letters;
}

class Layout {
 public:
  explicit Layout(const Graph& graph) : graph_(graph), wiring_(wiring_of(graph)) {}

  GraphLayout place() {
    set_columns();
    set_lanes();
    set_rows();
    set_x();
    set_y();
    for (const auto& [before, later] : wiring_.edges()) add_edge(before, later);
    layout_.steps.assign(nodes_.begin(), nodes_.begin() + static_cast<std::ptrdiff_t>(wiring_.steps));
    for (std::size_t node = wiring_.steps; node < nodes_.size(); ++node)
      layout_.joins.push_back({nodes_[node].box.x, nodes_[node].box.y});
    return std::move(layout_);
  }

 private:
  // The longest path from the start, and for a join right behind its last one.
  void set_columns() {
    nodes_.resize(wiring_.after.size());
    for (const std::size_t node : wiring_.order()) {
      for (const std::size_t before : wiring_.after[node])
        nodes_[node].column = std::max(nodes_[node].column, nodes_[before].column + 1);
      columns_ = std::max(columns_, nodes_[node].column + 1);
    }
  }

  void set_lanes() {
    std::map<std::string, std::size_t> lanes;
    const auto lane_of = [&](const std::string& key) {
      return lanes.emplace(key, lanes.size()).first->second;
    };
    for (const Step& step : graph_.steps) {
      if (lane_key(step) != kOtherTitle) lane_of(lane_key(step));
    }
    for (std::size_t i = 0; i < wiring_.steps; ++i) {
      const Step& step = graph_.steps[i];
      nodes_[i].step = i;
      nodes_[i].lane = lane_of(lane_key(step));
      nodes_[i].kind = kind_words(step.kind);
      const std::string name =
          step.creates.size() > 1 ? std::to_string(step.creates.size()) + " tables" : step_name(step);
      nodes_[i].name = cut_to_width(name, kNameSize, kMostTextWidth);
      lane_titles_[nodes_[i].lane] = lane_title(step);
    }
    // A join stands where those are that wait for it.
    for (std::size_t i = 0; i < wiring_.steps; ++i) {
      const auto& after = wiring_.after[i];
      if (after.size() == 1 && wiring_.is_join(after.front())) nodes_[after.front()].lane = nodes_[i].lane;
    }
    layout_.lanes.resize(lanes.size());
  }

  // In its lane and column, what stands first in the graph is on top.
  void set_rows() {
    rows_.resize(nodes_.size());
    lane_rows_.assign(layout_.lanes.size(), 1);
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> used;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      rows_[node] = used[{nodes_[node].lane, nodes_[node].column}]++;
      lane_rows_[nodes_[node].lane] = std::max(lane_rows_[nodes_[node].lane], rows_[node] + 1);
      taken_columns_[{nodes_[node].lane, rows_[node]}].insert(nodes_[node].column);
    }
  }

  void set_x() {
    std::vector<double> widths(columns_, 0);
    for (std::size_t node = 0; node < wiring_.steps; ++node) {
      const double wanted = text_width(nodes_[node].name, kNameSize) + 2 * kBoxPadding;
      double& width = widths[nodes_[node].column];
      width = std::max({width, wanted, kLeastBoxWidth});
    }
    for (std::size_t lane = 0; lane < layout_.lanes.size(); ++lane) {
      std::string& title = layout_.lanes[lane].title;
      title = cut_to_width(lane_titles_[lane], kLabelSize, kMostLabelWidth);
      layout_.lane_label_width = std::max(layout_.lane_label_width, text_width(title, kLabelSize));
    }
    double x = kMargin + 2 * kLanePadding + layout_.lane_label_width + kColumnGap / 2;
    for (std::size_t column = 0; column < columns_; ++column) {
      column_x_.push_back(x);
      column_right_.push_back(x + widths[column]);
      x += widths[column] + kColumnGap;
    }
    layout_.width = x - kColumnGap + kLanePadding + kMargin;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      const std::size_t column = nodes_[node].column;
      nodes_[node].box.x =
          wiring_.is_join(node) ? (column_x_[column] + column_right_[column]) / 2 : column_x_[column];
      nodes_[node].box.width = wiring_.is_join(node) ? 0 : widths[column];
    }
  }

  void set_y() {
    double y = kMargin;
    for (std::size_t i = 0; i < layout_.lanes.size(); ++i) {
      const auto rows = static_cast<double>(lane_rows_[i]);
      const double height = 2 * kLanePadding + rows * kBoxHeight + (rows - 1) * kRowGap;
      layout_.lanes[i].box = {kMargin, y, layout_.width - 2 * kMargin, height};
      y += height + kLaneGap;
    }
    layout_.height = layout_.lanes.empty() ? 2 * kMargin : y - kLaneGap + kMargin;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      GraphBox& box = nodes_[node].box;
      box.y = layout_.lanes[nodes_[node].lane].box.y + kLanePadding +
              static_cast<double>(rows_[node]) * (kBoxHeight + kRowGap);
      if (wiring_.is_join(node)) {
        box.y += kBoxHeight / 2;
      } else {
        box.height = kBoxHeight;
      }
    }
  }

  // The middle of the gap beside the later lane that is nearer to the earlier one.
  double gap_beside(const PlacedStep& from, const PlacedStep& to) {
    const GraphBox& lane = layout_.lanes[to.lane].box;
    const bool above = from.lane < to.lane;
    const std::size_t gap = above ? to.lane : to.lane + 1;
    const double track = static_cast<double>(tracks_[gap]++ % kTracks) - 1;
    return (above ? lane.y - kLaneGap / 2 : lane.y + lane.height + kLaneGap / 2) + track * kTrackGap;
  }

  // Nothing stands between the two, in one row of one lane.
  bool is_straight(std::size_t before, std::size_t later) const {
    const PlacedStep& from = nodes_[before];
    const PlacedStep& to = nodes_[later];
    if (from.lane != to.lane || rows_[before] != rows_[later]) return false;
    const auto& taken = taken_columns_.at({to.lane, rows_[later]});
    return *taken.upper_bound(from.column) == to.column;
  }

  void add_edge(std::size_t before, std::size_t later) {
    const PlacedStep& from = nodes_[before];
    const PlacedStep& to = nodes_[later];
    PlacedEdge edge;
    edge.points.push_back({from.box.right(), from.box.middle()});
    if (wiring_.is_join(before)) edge.points.push_back({column_right_[from.column], from.box.middle()});
    const double left = column_x_[to.column];
    if (to.column > from.column + 1 && !is_straight(before, later)) {
      const double y = gap_beside(from, to);
      edge.points.push_back({column_x_[from.column + 1], y});
      edge.points.push_back({column_right_[to.column - 1], y});
    }
    edge.points.push_back({left, to.box.middle()});
    if (wiring_.is_join(later)) edge.points.push_back({to.box.x, to.box.middle()});
    layout_.edges.push_back(std::move(edge));
  }

  const Graph& graph_;
  const Wiring wiring_;
  GraphLayout layout_;
  std::vector<PlacedStep> nodes_;  // of the wiring; a join has a box without size
  std::map<std::size_t, std::string> lane_titles_;
  std::vector<std::size_t> rows_;
  std::vector<std::size_t> lane_rows_;
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::size_t>> taken_columns_;  // by lane and row
  std::size_t columns_ = 0;
  std::vector<double> column_x_;
  std::vector<double> column_right_;
  std::map<std::size_t, std::size_t> tracks_;  // edges so far, by gap
};

}  // namespace

double text_width(const std::string& text, double size) {
  double width = 0;
  for (const auto& [letter, share] : letters_of(text)) width += share * size;
  return width;
}

std::string cut_to_width(const std::string& text, double size, double width) {
  if (text_width(text, size) <= width) return text;
  const auto letters = letters_of(text);
  std::string head;
  std::string tail;
  double used = size;  // the ellipsis
  for (std::size_t i = 0; i < letters.size() / 2; ++i) {
    const auto& first = letters[i];
    const auto& last = letters[letters.size() - 1 - i];
    used += (first.second + last.second) * size;
    if (used > width) break;
    head += first.first;
    tail.insert(0, last.first);
  }
  return head + "\xE2\x80\xA6" + tail;
}

std::string kind_words(StepKind kind) {
  std::string words(to_string(kind));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string step_name(const Step& step) {
  if (step.creates.size() > 1) return step.name;
  return step.name == step.table ? "" : step.name;
}

std::string lane_title(const Step& step) {
  if (step.creates.size() > 1) return kGroupTitle;
  return step.table.empty() ? kOtherTitle : step.table;
}

GraphLayout layout_graph(const Graph& graph) {
  return Layout(graph).place();
}

}  // namespace planrun
