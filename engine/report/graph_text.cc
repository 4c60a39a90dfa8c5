#include "report/graph_text.h"

#include <map>

#include "base/text.h"
#include "graph/wiring.h"
#include "report/graph_layout.h"

namespace planrun {

namespace {

// How a language writes what all of them say.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual std::string begin() const = 0;
  virtual std::string end() const = 0;
  virtual std::string open_group(const std::string& id, const std::string& title) const = 0;
  virtual std::string close_group() const = 0;
  virtual std::string step(const std::string& id, const std::string& kind, const std::string& name) const = 0;
  virtual std::string join(const std::string& id) const = 0;
  virtual std::string edge(const std::string& from, const std::string& to) const = 0;
};

// https://mermaid.js.org/syntax/flowchart.html: a quoted label takes entity codes, #quot; and #35;.
class Mermaid : public Writer {
 public:
  std::string begin() const override { return "flowchart LR\n"; }
  std::string end() const override { return ""; }
  std::string open_group(const std::string& id, const std::string& title) const override {
    return "  subgraph " + id + "[\"" + quoted(title) + "\"]\n";
  }
  std::string close_group() const override { return "  end\n"; }
  std::string step(const std::string& id, const std::string& kind, const std::string& name) const override {
    return "    " + id + "(\"" + quoted(name.empty() ? kind : kind + " " + name) + "\")\n";
  }
  std::string join(const std::string& id) const override { return "  " + id + "((\" \"))\n"; }
  std::string edge(const std::string& from, const std::string& to) const override {
    return "  " + from + " --> " + to + "\n";
  }

 private:
  // What is neither letter, digit nor plain in a name goes as its number, so that nothing of it is syntax.
  static std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : replace_invalid_utf8(text)) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = byte >= 0x80 || std::isalnum(byte) != 0 ||
                         std::string_view(" _-.,").find(c) != std::string_view::npos;
      out += byte < 0x20 ? " " : plain ? std::string(1, c) : "#" + std::to_string(byte) + ";";
    }
    return out;
  }
};

// https://graphviz.org/doc/info/lang.html: in a quoted string `"` and `\` are escaped.
class Dot : public Writer {
 public:
  std::string begin() const override {
    return "digraph plan {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n"
           "  graph [fontname=\"Helvetica\"];\n";
  }
  std::string end() const override { return "}\n"; }
  std::string open_group(const std::string& id, const std::string& title) const override {
    return "  subgraph cluster_" + id + " {\n    label=\"" + quoted(title) + "\";\n";
  }
  std::string close_group() const override { return "  }\n"; }
  std::string step(const std::string& id, const std::string& kind, const std::string& name) const override {
    return "    " + id + " [label=\"" + quoted(kind) + (name.empty() ? "" : "\\n" + quoted(name)) + "\"];\n";
  }
  std::string join(const std::string& id) const override { return "  " + id + " [shape=point];\n"; }
  std::string edge(const std::string& from, const std::string& to) const override {
    return "  " + from + " -> " + to + ";\n";
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : replace_invalid_utf8(text)) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
  }
};

// "s3" of the only target, "g2_s3" of the second of several.
std::string prefix_of(const std::vector<TargetGraph>& graphs, std::size_t place) {
  return graphs.size() == 1 ? "" : "g" + std::to_string(place + 1) + "_";
}

std::string one_graph(const Graph& graph, const std::string& prefix, const Writer& writer) {
  const Wiring wiring = wiring_of(graph);
  const auto id = [&](std::size_t node) {
    return prefix + (wiring.is_join(node) ? "j" + std::to_string(node - wiring.steps + 1)
                                          : "s" + std::to_string(node + 1));
  };
  std::vector<std::string> titles;  // in their first order
  std::map<std::string, std::string> groups;
  for (std::size_t i = 0; i < wiring.steps; ++i) {
    const Step& step = graph.steps[i];
    const std::string title = lane_title(step);
    if (!groups.contains(title)) titles.push_back(title);
    groups[title] += writer.step(id(i), kind_words(step.kind), step_name(step));
  }
  std::string text;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    text += writer.open_group(prefix + "t" + std::to_string(i + 1), titles[i]) + groups[titles[i]] +
            writer.close_group();
  }
  for (std::size_t join = 0; join < wiring.joins; ++join) text += writer.join(id(wiring.steps + join));
  for (const auto& [from, to] : wiring.edges()) text += writer.edge(id(from), id(to));
  return text;
}

std::string write(const std::vector<TargetGraph>& graphs, const Writer& writer) {
  std::string text = writer.begin();
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    const std::string prefix = prefix_of(graphs, i);
    const bool several = graphs.size() > 1;
    if (several) text += writer.open_group("target_" + std::to_string(i + 1), "target " + graphs[i].target);
    text += one_graph(graphs[i].graph, prefix, writer);
    if (several) text += writer.close_group();
  }
  return text + writer.end();
}

}  // namespace

std::string graph_mermaid(const std::vector<TargetGraph>& graphs) {
  return write(graphs, Mermaid());
}

std::string graph_dot(const std::vector<TargetGraph>& graphs) {
  return write(graphs, Dot());
}

std::size_t edge_count(const std::vector<TargetGraph>& graphs) {
  std::size_t count = 0;
  for (const TargetGraph& one : graphs) count += wiring_of(one.graph).edges().size();
  return count;
}

}  // namespace planrun
