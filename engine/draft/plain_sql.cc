#include "draft/plain_sql.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/decimal.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {
namespace {

/// A word, or what stands between two parentheses.
struct Node {
  SqlWord word;
  bool is_group = false;
  bool is_list = false;  // of ARRAY[...]
  std::vector<Node> inside{};
};
using Nodes = std::vector<Node>;

bool is_sign(const Nodes& nodes, std::size_t i, std::string_view sign) {
  return i < nodes.size() && !nodes[i].is_group && nodes[i].word.is_sign(sign);
}

bool is_word(const Nodes& nodes, std::size_t i, std::string_view lower) {
  return i < nodes.size() && !nodes[i].is_group && nodes[i].word.is(lower);
}

bool is_literal(const Node& node) {
  if (node.is_group)
    return !node.inside.empty() && std::ranges::all_of(node.inside, [](const Node& one) {
      return is_literal(one) || one.word.is_sign(",");
    });
  return node.word.kind == WordKind::text || node.word.kind == WordKind::number;
}

/// A name in front of a parenthesis that calls nothing.
bool is_keyword(const SqlWord& word) {
  constexpr std::array kKeywords = {"and",  "or",   "not",  "in", "any",     "all", "then",
                                    "else", "when", "case", "is", "between", "as",  "array"};
  return std::ranges::any_of(kKeywords, [&](const char* keyword) { return word.is(keyword); });
}

bool is_name(const Node& node) {
  return !node.is_group && !is_keyword(node.word) &&
         (node.word.kind == WordKind::plain || node.word.kind == WordKind::quoted);
}

class Simplifier {
 public:
  std::optional<std::string> run(std::string_view sql) {
    const auto words = words_in(sql);
    std::size_t at = 0;
    Nodes nodes = read(words, at);
    if (at < words.size()) failed_ = true;
    while (nodes.size() == 1 && nodes[0].is_group && !nodes[0].is_list) nodes = Nodes(nodes[0].inside);
    const std::string text = text_of(nodes);
    if (failed_ || text.empty()) return std::nullopt;
    return text;
  }

 private:
  /// Up to the parenthesis that closes, or the end.
  Nodes read(const std::vector<SqlWord>& words, std::size_t& at) {
    Nodes nodes;
    while (at < words.size() && !words[at].is_sign(")")) {
      const SqlWord& word = words[at++];
      if (word.is_sign("(")) {
        Node group;
        group.is_group = true;
        group.inside = read(words, at);
        if (at >= words.size()) failed_ = true;
        ++at;
        nodes.push_back(std::move(group));
      } else if (word.quote == '[' && is_word(nodes, nodes.size() - 1, "array")) {
        const auto items = words_in(word.text);
        std::size_t item = 0;
        Node list;
        list.is_group = list.is_list = true;
        list.inside = read(items, item);
        if (item < items.size()) failed_ = true;
        nodes.back() = std::move(list);
      } else {
        nodes.push_back({word});
      }
    }
    return simple(std::move(nodes));
  }

  Nodes simple(Nodes nodes) {
    Nodes out;
    for (std::size_t i = 0; i < nodes.size();) {
      if (is_sign(nodes, i, ":") && is_sign(nodes, i + 1, ":")) {
        i += 2;
        take_cast(nodes, i, out);
      } else if (!take_list(nodes, i, out)) {
        add(std::move(nodes[i++]), out);
      }
    }
    return out;
  }

  /// (x) is x, unless it is what a function is called with.
  static void add(Node node, Nodes& out) {
    const bool called = !out.empty() && is_name(out.back());
    const bool alone = node.is_group && !node.is_list && node.inside.size() == 1 && !called;
    out.push_back(alone ? Node(node.inside[0]) : std::move(node));
  }

  /// = ANY (list) and <> ALL (list).
  bool take_list(const Nodes& nodes, std::size_t& i, Nodes& out) {
    const bool any = is_sign(nodes, i, "=") && is_word(nodes, i + 1, "any");
    const bool all = is_sign(nodes, i, "<>") && is_word(nodes, i + 1, "all");
    if ((!any && !all) || i + 2 >= nodes.size() || !nodes[i + 2].is_group) return false;
    const Node* list = &nodes[i + 2];
    while (!list->is_list && list->inside.size() == 1 && list->inside[0].is_group) list = &list->inside[0];
    if (!list->is_list) return false;
    for (const char* word : {"not", "in"}) {
      if (any && std::string_view(word) == "not") continue;
      Node node;
      node.word.kind = WordKind::plain;
      node.word.text = word;
      out.push_back(std::move(node));
    }
    Node items = *list;
    items.is_list = false;
    out.push_back(std::move(items));
    i += 3;
    return true;
  }

  /// The type behind `::`; what stands before it is the last of `out`.
  void take_cast(const Nodes& nodes, std::size_t& i, Nodes& out) {
    std::string type;
    bool limited = false;
    if (i < nodes.size() && !nodes[i].is_group) type = to_lower_ascii(nodes[i++].word.text);
    for (const auto& [first, second] : {std::pair{"character", "varying"}, {"double", "precision"}}) {
      if (type != first || !is_word(nodes, i, second)) continue;
      type += " " + std::string(second);
      ++i;
    }
    if (i < nodes.size() && nodes[i].is_group) {
      limited = true;
      ++i;
    }
    if (i < nodes.size() && !nodes[i].is_group && nodes[i].word.quote == '[') ++i;
    if (out.empty() || !drop_cast(out.back(), type, limited)) failed_ = true;
  }

  static bool drop_cast(Node& value, const std::string& type, bool limited) {
    constexpr std::array kTexts = {"text", "character varying", "varchar", "bpchar"};
    constexpr std::array kWide = {"numeric", "double precision"};
    constexpr std::array kNumbers = {"numeric", "double precision", "integer", "bigint", "smallint", "real"};
    if (std::ranges::find(kTexts, type) != kTexts.end()) return !limited;
    if (std::ranges::find(kNumbers, type) == kNumbers.end() || limited) return false;
    if (!is_literal(value)) return std::ranges::find(kWide, type) != kWide.end();
    return make_number(value);
  }

  /// '-5' as a number is -5.
  static bool make_number(Node& value) {
    if (value.is_group) return std::ranges::all_of(value.inside, make_item);
    std::string canonical;
    if (value.word.kind == WordKind::number) return true;
    if (!append_canonical_decimal(value.word.text, canonical)) return false;
    value.word.kind = WordKind::number;
    return true;
  }
  static bool make_item(Node& item) { return item.word.is_sign(",") || make_number(item); }

  static std::string spelled(const SqlWord& word) {
    switch (word.kind) {
      case WordKind::text:
        return quote_literal(word.text);
      case WordKind::quoted:
        return quote_where_needed(word.text);
      case WordKind::plain:
        return to_lower_ascii(word.text);
      default:
        return word.text;
    }
  }

  std::string text_of(const Nodes& nodes) {
    std::string text;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Node& node = nodes[i];
      if (node.is_list || is_sign(nodes, i, ":") || node.word.quote == '[') failed_ = true;
      const bool tight = i == 0 || is_sign(nodes, i, ",") || is_sign(nodes, i, ".") ||
                         is_sign(nodes, i - 1, ".") || (node.is_group && is_name(nodes[i - 1]));
      if (!tight) text += ' ';
      text += node.is_group ? "(" + text_of(node.inside) + ")" : spelled(node.word);
    }
    return text;
  }

  bool failed_ = false;
};

}  // namespace

std::optional<std::string> plain_sql(std::string_view sql) {
  return Simplifier().run(sql);
}

}  // namespace planrun
