#include "plan/document.h"

#include <algorithm>
#include <tuple>

#include <toml++/toml.h>

#include "base/decimal.h"

namespace planrun {
namespace {

// Begins of lines; turns toml++'s columns (characters) into ours (bytes).
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') begins_.push_back(i + 1);
    }
  }

  std::size_t byte_of(toml::source_position position) const {
    if (position.line == 0 || position.line > begins_.size()) return text_.size();
    std::size_t byte = begins_[position.line - 1];
    for (auto left = position.column; left > 1 && byte < text_.size(); --left) {
      ++byte;
      while (byte < text_.size() && (static_cast<unsigned char>(text_[byte]) & 0xC0) == 0x80) ++byte;
    }
    return byte;
  }

  Position position_of(toml::source_position position) const {
    if (position.line == 0 || position.line > begins_.size()) return {};
    const std::size_t column = byte_of(position) - begins_[position.line - 1] + 1;
    return {static_cast<int>(position.line), static_cast<int>(column)};
  }

  std::string slice(const toml::source_region& region) const {
    const std::size_t begin = byte_of(region.begin);
    return std::string(text_.substr(begin, byte_of(region.end) - begin));
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_ = {0};
};

class TreeBuilder {
 public:
  explicit TreeBuilder(const Lines& lines) : lines_(lines) {}

  Node build(const toml::node& node) const {
    Node out;
    out.at = lines_.position_of(node.source().begin);
    switch (node.type()) {
      case toml::node_type::table:
        out.kind = NodeKind::table;
        out.members = members_of(*node.as_table());
        break;
      case toml::node_type::array:
        out.kind = NodeKind::array;
        for (const auto& item : *node.as_array()) out.items.push_back(build(item));
        break;
      case toml::node_type::string:
        out.kind = NodeKind::string;
        out.text = node.as_string()->get();
        break;
      case toml::node_type::integer:
        out.kind = NodeKind::integer;
        out.text = std::to_string(node.as_integer()->get());
        break;
      case toml::node_type::floating_point:
        out.kind = NodeKind::real;
        out.text = real_text(node);
        break;
      case toml::node_type::boolean:
        out.kind = NodeKind::boolean;
        out.text = node.as_boolean()->get() ? "true" : "false";
        break;
      default:
        out.kind = NodeKind::time;
        out.text = lines_.slice(node.source());
        break;
    }
    return out;
  }

 private:
  // The one place where the order of the file comes back.
  std::vector<Member> members_of(const toml::table& table) const {
    std::vector<Member> members;
    for (const auto& [key, value] : table) {
      members.push_back({std::string(key.str()), lines_.position_of(key.source().begin), build(value)});
    }
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    });
    return members;
  }

  // As written where that is a plain decimal: 0.10 has more to say than the double it becomes.
  std::string real_text(const toml::node& node) const {
    std::string text = lines_.slice(node.source());
    std::erase(text, '_');
    if (text.starts_with('+')) text.erase(0, 1);
    if (text.find_first_not_of("-0123456789.") == std::string::npos) return text;
    const double value = node.as_floating_point()->get();
    if (!std::isfinite(value)) return text;
    text.clear();
    append_shortest_decimal(value, text);
    return text;
  }

  const Lines& lines_;
};

// Walks the raw text of a TOML string beside its content.
class StringWalk {
 public:
  StringWalk(std::string_view raw, std::size_t begin) : raw_(raw), at_(begin) {
    const char quote = at_ < raw_.size() ? raw_[at_] : '\0';
    const bool multi_line = raw_.substr(at_, 3) == std::string(3, quote);
    escapes_ = quote == '"';
    if (quote != '"' && quote != '\'') return;
    at_ += multi_line ? 3 : 1;
    if (multi_line && raw_.substr(at_, 1) == "\n") at_ += 1;
    if (multi_line && raw_.substr(at_, 2) == "\r\n") at_ += 2;
  }

  void advance(std::size_t bytes) {
    while (bytes > 0 && at_ < raw_.size()) {
      const std::size_t made = step();
      bytes -= std::min(bytes, made);
    }
    while (skips_line_end()) step();
  }

  std::size_t at() const { return at_; }

 private:
  bool skips_line_end() const {
    if (!escapes_ || at_ + 1 >= raw_.size() || raw_[at_] != '\\') return false;
    return std::string_view(" \t\r\n").find(raw_[at_ + 1]) != std::string_view::npos;
  }

  // Goes past one unit of the raw text; how many bytes of content it stands for.
  std::size_t step() {
    if (skips_line_end()) {
      at_ = std::min(raw_.find_first_not_of(" \t\r\n", at_ + 1), raw_.size());
      return 0;
    }
    if (!escapes_ || raw_[at_] != '\\') {
      ++at_;
      return 1;
    }
    const char kind = at_ + 1 < raw_.size() ? raw_[at_ + 1] : '\0';
    const std::size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    const std::string hex(raw_.substr(std::min(at_ + 2, raw_.size()), digits));
    at_ += 2 + digits;
    if (digits == 0) return 1;
    const unsigned long code = std::strtoul(hex.c_str(), nullptr, 16);
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }

  std::string_view raw_;
  std::size_t at_;
  bool escapes_ = false;
};

std::size_t line_begin(std::string_view text, int line) {
  std::size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos) return text.size();
    begin = end + 1;
  }
  return begin;
}

}  // namespace

std::string_view describe(NodeKind kind) {
  switch (kind) {
    case NodeKind::string:
      return "a string";
    case NodeKind::integer:
      return "a whole number";
    case NodeKind::real:
      return "a number";
    case NodeKind::boolean:
      return "a boolean";
    case NodeKind::time:
      return "a date or time";
    case NodeKind::array:
      return "an array";
    case NodeKind::table:
      return "a table";
  }
  return "";
}

const Member* Node::find(std::string_view key) const {
  for (const auto& m : members) {
    if (m.key == key) return &m;
  }
  return nullptr;
}

std::optional<Node> read_document(const std::string& text, Diagnostics& diagnostics) {
  const Lines lines(text);
  try {
    const toml::table root = toml::parse(std::string_view(text));
    return TreeBuilder(lines).build(root);
  } catch (const toml::parse_error& e) {
    std::string message(e.description());
    const std::string hint =
        message.find("redefine") == std::string::npos ? "" : "a key stands once in its table";
    diagnostics.error(FindingCode::not_toml, lines.position_of(e.source().begin), std::move(message), hint);
    return std::nullopt;
  }
}

Position position_in_string(std::string_view text, Position at, std::size_t offset) {
  if (at.line == 0) return at;
  const std::size_t begin = line_begin(text, at.line) + static_cast<std::size_t>(at.column) - 1;
  if (begin >= text.size()) return at;
  StringWalk walk(text, begin);
  walk.advance(offset);
  Position found = at;
  for (std::size_t i = begin; i < std::min(walk.at(), text.size()); ++i) {
    found.column = text[i] == '\n' ? 1 : found.column + 1;
    if (text[i] == '\n') ++found.line;
  }
  return found;
}

}  // namespace planrun
