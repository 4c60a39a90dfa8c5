#include "sql/syntax.h"

#include <algorithm>

#include <pg_query.h>

#include "base/text.h"

namespace planrun {
namespace {

// libpg_query counts characters from 1 where it reports an error, bytes from 0 elsewhere.
std::size_t byte_of_character(std::string_view text, int character) {
  std::size_t byte = 0;
  for (int seen = 1; byte < text.size(); ++byte) {
    if ((static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80) continue;
    if (seen++ == character) break;
  }
  return byte;
}

// The scan result is a protobuf message: field 2 is a token, in it 1 is the first byte, 2 the end, 4 the
// kind.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; !rest_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  std::string_view bytes() {
    const std::size_t size = std::min<std::size_t>(number(), rest_.size());
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

 private:
  std::string_view rest_;
};

constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kSqlCommentToken = 275;
constexpr std::uint64_t kCCommentToken = 276;

struct ScannedToken {
  SqlToken token;
  bool comment = false;
};

ScannedToken read_token(std::string_view message) {
  ScannedToken scanned;
  ProtobufReader reader(message);
  while (!reader.at_end()) {
    const std::uint64_t tag = reader.number();
    const std::uint64_t value = reader.number();
    if (tag >> 3 == 1) scanned.token.begin = value;
    if (tag >> 3 == 2) scanned.token.end = value;
    if (tag >> 3 == 4) scanned.comment = value == kSqlCommentToken || value == kCCommentToken;
  }
  return scanned;
}

bool is_name_token(std::string_view token) {
  const auto c = static_cast<unsigned char>(token.front());
  return c == '"' || c == '_' || c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct ParseResult {
  PgQueryParseResult value;
  explicit ParseResult(const std::string& text) : value(pg_query_parse(text.c_str())) {}
  ~ParseResult() { pg_query_free_parse_result(value); }
  ParseResult(const ParseResult&) = delete;
  ParseResult& operator=(const ParseResult&) = delete;
};

struct ScanResult {
  PgQueryScanResult value;
  explicit ScanResult(const std::string& text) : value(pg_query_scan(text.c_str())) {}
  ~ScanResult() { pg_query_free_scan_result(value); }
  ScanResult(const ScanResult&) = delete;
  ScanResult& operator=(const ScanResult&) = delete;
};

}  // namespace

Syntax::Syntax(std::string_view before, std::string_view authored, std::string_view after)
    : text_(before), begin_(before.size()), end_(before.size() + authored.size()) {
  text_ += authored;
  text_ += after;
  if (const auto nul = authored.find('\0'); nul != std::string_view::npos) {
    fault_ = fault_at(begin_ + nul, "SQL cannot hold a NUL byte");
  } else if (!is_valid_utf8(text_)) {
    fault_ = fault_at(begin_, "the text is not UTF-8");
  } else {
    parse();
    if (ok()) scan();
  }
}

void Syntax::parse() {
  const ParseResult result(text_);
  if (const PgQueryError* error = result.value.error) {
    const std::size_t at = error->cursorpos > 0 ? byte_of_character(text_, error->cursorpos) : begin_;
    std::string message = error->message;
    // What an open quote or comment swallowed is ours as well as the author's.
    if (message.starts_with("unterminated")) message = message.substr(0, message.find(" at or near"));
    if (at >= end_) message = "syntax error: the text ends too early";
    fault_ = fault_at(at, message);
    return;
  }
  const Json tree = Json::parse(result.value.parse_tree);
  const Json& statements = member(tree, "stmts");
  if (statements.size() != 1) {
    if (statements.empty()) {
      fault_ = fault_at(begin_, "no SQL is here");
    } else {
      const auto second = statements[1].value("stmt_location", std::size_t{0});
      fault_ = fault_at(std::min(text_.find_first_not_of(" \t\r\n", second), text_.size()),
                        "more than one statement");
    }
    return;
  }
  statement_ = statements[0].at("stmt");
}

void Syntax::scan() {
  const ScanResult result(text_);
  if (const PgQueryError* error = result.value.error) {
    fault_ = fault_at(begin_, error->message);
    return;
  }
  ProtobufReader reader({result.value.pbuf.data, result.value.pbuf.len});
  while (!reader.at_end()) {
    const std::uint64_t tag = reader.number();
    if ((tag & 7) != kLengthDelimited) {
      reader.number();
      continue;
    }
    const ScannedToken scanned = read_token(reader.bytes());
    if (scanned.comment) continue;
    tokens_.push_back(scanned.token);
    const std::string_view token = token_text(tokens_.size() - 1);
    const std::size_t quotes = token.front() == '"' ? 2 : 0;
    if (is_name_token(token) && token.size() - quotes > kLongestName && scanned.token.begin >= begin_) {
      fault_ =
          fault_at(scanned.token.begin, "the name " + quote_for_message(token) + " is longer than 63 bytes",
                   "PostgreSQL would cut it without a word");
      return;
    }
  }
}

SqlFault Syntax::fault_at(std::size_t offset, std::string message, std::string hint) const {
  const std::size_t inside = std::clamp(offset, begin_, end_) - begin_;
  return {std::move(message), std::move(hint), static_cast<int>(inside), false};
}

std::string_view Syntax::token_text(std::size_t index) const {
  if (index >= tokens_.size()) return {};
  return std::string_view(text_).substr(tokens_[index].begin, tokens_[index].end - tokens_[index].begin);
}

std::string Syntax::slice(std::size_t from, std::size_t until) const {
  const std::size_t first = token_at(from);
  std::size_t last = first;
  while (last < tokens_.size() && tokens_[last].end <= until) ++last;
  if (last == first) return {};
  return text_.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin);
}

std::size_t Syntax::token_at(std::size_t offset) const {
  const auto at = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                   [](const SqlToken& token, std::size_t o) { return token.begin < o; });
  return static_cast<std::size_t>(at - tokens_.begin());
}

std::size_t Syntax::find(std::string_view word, std::size_t offset) const {
  std::size_t i = token_at(offset);
  while (i < tokens_.size() && to_lower_ascii(token_text(i)) != word) ++i;
  return i;
}

Syntax::Parentheses Syntax::parentheses(std::size_t offset, std::size_t until) const {
  const std::size_t first = find("(", offset);
  if (first == tokens_.size() || tokens_[first].begin >= until) return {};
  int depth = 0;
  for (std::size_t i = first; i < tokens_.size(); ++i) {
    const std::string_view token = token_text(i);
    if (token == "(") ++depth;
    if (token == ")" && --depth == 0) return {tokens_[first].begin, tokens_[i].begin};
  }
  return {};
}

SyntaxList parse_statements(std::string_view sql) {
  SyntaxList list;
  const std::string text(sql);
  if (const auto nul = sql.find('\0'); nul != std::string_view::npos) {
    list.fault = {"SQL cannot hold a NUL byte", {}, static_cast<int>(nul)};
    return list;
  }
  if (!is_valid_utf8(sql)) {
    list.fault = {"the text is not UTF-8", {}, 0};
    return list;
  }
  const ParseResult result(text);
  if (const PgQueryError* error = result.value.error) {
    const std::size_t at = error->cursorpos > 0 ? byte_of_character(text, error->cursorpos) : 0;
    list.fault = {at >= text.size() ? "syntax error: the text ends too early" : error->message,
                  {},
                  static_cast<int>(std::min(at, text.size()))};
    return list;
  }
  const Json tree = Json::parse(result.value.parse_tree);
  for (const Json& statement : member(tree, "stmts")) {
    const auto begin = statement.value("stmt_location", std::size_t{0});
    const std::size_t first = std::min(text.find_first_not_of(" \t\r\n", begin), text.size());
    list.statements.emplace_back(statement.at("stmt"), first);
  }
  if (list.statements.empty()) list.fault = {"no SQL is here", {}, 0, false};
  return list;
}

const Json& member(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_member(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag_member(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::size_t location_of(const Json& node) {
  const Json& value = member(node, "location");
  return value.is_number_integer() && value.get<int>() > 0 ? value.get<std::size_t>() : 0;
}

std::vector<std::string> string_list(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) texts.push_back(text_member(member(item, "String"), "sval"));
  return texts;
}

namespace {

void collect_columns(const Json& node, std::vector<std::string>& names) {
  if (const Json& reference = member(node, "ColumnRef"); reference.is_object()) {
    const Json& fields = member(reference, "fields");
    const Json& last = fields.empty() ? fields : fields.back();
    const std::string name = text_member(member(last, "String"), "sval");
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return;
  }
  if (!node.is_structured()) return;
  for (const Json& child : node) collect_columns(child, names);
}

}  // namespace

std::vector<std::string> mentioned_columns(const Json& expression) {
  std::vector<std::string> names;
  collect_columns(expression, names);
  return names;
}

}  // namespace planrun
