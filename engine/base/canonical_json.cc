#include "base/canonical_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

#include "base/json_text.h"
#include "base/text.h"

// Written by hand, not on nlohmann's SAX interface: that one refuses 1e400 and lone surrogates, which `json`
// takes, and cannot tell a lone surrogate from a missing comma.

namespace planrun {

namespace {

enum class Form { none, canonical, last_keys };

/// Reads one text from front to end with a stack of its own, writing its form behind `out`'s end.
class Reader {
 public:
  Reader(std::string_view text, Form form, std::string& out)
      : at_(text.data()), end_(text.data() + text.size()), form_(form), out_(out) {
    frames_.reserve(8);
    members_.reserve(32);
  }

  JsonFault read() {
    for (;;) {
      blanks();
      if (at_ == end_) return JsonFault::syntax;
      if (*at_ == '{' || *at_ == '[') {
        if (frames_.size() == kJsonDepth) return JsonFault::too_deep;
        if (!open()) return JsonFault::syntax;
        if (!closed_) continue;
      } else if (!scalar()) {
        return JsonFault::syntax;
      }
      if (!finish_value()) return at_ == end_ && frames_.empty() ? noted_ : JsonFault::syntax;
    }
  }

 private:
  struct Frame {
    bool object;
    std::size_t first_member;  // in members_
  };
  struct Member {  // positions in out_
    std::size_t begin;
    std::size_t key_end;
    std::size_t end;
    bool plain;  // the key has no escape
  };

  bool writes() const { return form_ != Form::none; }
  /// Only equal keys can be mended, so that any other fault is told before them.
  void note(JsonFault fault) {
    if (noted_ == JsonFault::none || noted_ == JsonFault::duplicate_key) noted_ = fault;
  }
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  void write(char c) {
    if (writes()) out_ += c;
  }

  bool open() {
    const bool object = *at_++ == '{';
    write(object ? '{' : '[');
    frames_.push_back({object, members_.size()});
    blanks();
    closed_ = at_ != end_ && *at_ == (object ? '}' : ']');
    if (closed_) {
      ++at_;
      close();
      return true;
    }
    return !object || key();
  }

  /// A key and its colon.
  bool key() {
    blanks();
    Member member{out_.size(), 0, 0, true};
    if (at_ == end_ || *at_ != '"' || !string()) return false;
    member.key_end = out_.size();
    member.plain = !escaped_;
    blanks();
    if (at_ == end_ || *at_ != ':') return false;
    ++at_;
    write(':');
    if (writes()) members_.push_back(member);
    return true;
  }

  /// Closes what the value just read was the last of. False: nothing follows, or nothing that may.
  bool finish_value() {
    for (;;) {
      blanks();
      if (frames_.empty() || at_ == end_) return false;
      const bool object = frames_.back().object;
      if (object && writes()) members_.back().end = out_.size();
      const char c = *at_++;
      if (c == ',') {
        write(',');
        return !object || key();
      }
      if (c != (object ? '}' : ']')) {
        --at_;
        return false;
      }
      close();
    }
  }

  void close() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (frame.object && writes()) settle_members(frame.first_member);
    write(frame.object ? '}' : ']');
  }

  std::string_view key_of(const Member& m) const {
    return std::string_view(out_).substr(m.begin + 1, m.key_end - m.begin - 2);
  }
  int compare(const Member& a, const Member& b) const {
    return a.plain && b.plain ? key_of(a).compare(key_of(b)) : compare_json_strings(key_of(a), key_of(b));
  }
  bool in_order(const Member& a, const Member& b) const { return compare(a, b) < 0; }

  void settle_members(std::size_t first) {
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(first);
    // Equal keys in the order of the text.
    const auto less = [this](const Member& a, const Member& b) {
      const int order = compare(a, b);
      return order != 0 ? order < 0 : a.begin < b.begin;
    };
    const auto not_less = [this](const Member& a, const Member& b) { return !in_order(a, b); };
    if (std::adjacent_find(begin, members_.end(), not_less) != members_.end()) {
      const std::size_t region = begin->begin;
      std::sort(begin, members_.end(), less);
      const bool doubled = std::adjacent_find(begin, members_.end(), not_less) != members_.end();
      if (doubled) note(JsonFault::duplicate_key);
      if (form_ == Form::canonical) {
        rewrite(first, region);
      } else if (doubled) {
        keep_last(first);
        rewrite(first, region);
      }
    }
    members_.resize(first);
  }

  /// Of equal keys, which stand in the order of the text, the last one stays.
  void keep_last(std::size_t first) {
    std::size_t kept = first;
    for (std::size_t i = first; i < members_.size(); ++i) {
      if (i + 1 < members_.size() && !in_order(members_[i], members_[i + 1])) continue;
      members_[kept++] = members_[i];
    }
    members_.resize(kept);
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(),
              [](const Member& a, const Member& b) { return a.begin < b.begin; });
  }

  /// Writes the members from `first` on, in their present order, at `region`.
  void rewrite(std::size_t first, std::size_t region) {
    scratch_.clear();
    for (std::size_t i = first; i < members_.size(); ++i) {
      if (i > first) scratch_ += ',';
      scratch_ += std::string_view(out_).substr(members_[i].begin, members_[i].end - members_[i].begin);
    }
    out_.resize(region);
    out_ += scratch_;
  }

  bool scalar() {
    if (*at_ == '"') return string();
    if (*at_ == '-' || is_digit(*at_)) return number();
    return word("true") || word("false") || word("null");
  }

  bool word(std::string_view w) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(w)) return false;
    at_ += w.size();
    if (writes()) out_ += w;
    return true;
  }

  bool digits() {
    if (at_ == end_ || !is_digit(*at_)) return false;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  bool number() {
    const char* begin = at_;
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    if (!writes()) return true;
    const std::string_view token(begin, static_cast<std::size_t>(at_ - begin));
    const JsonNumber number(token);
    if (!number.in_range()) {
      note(JsonFault::number_range);
    } else if (form_ == Form::canonical) {
      append_canonical(number, out_);
    } else {
      out_ += token;
    }
    return true;
  }

  bool string() {
    ++at_;
    write('"');
    escaped_ = false;
    for (;;) {
      const char* plain = at_;
      at_ = end_of_plain_json(at_, end_);
      if (writes()) out_.append(plain, static_cast<std::size_t>(at_ - plain));
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == '"') break;
      escaped_ = true;
      if (c != '\\' || !escape()) return false;
    }
    write('"');
    return true;
  }

  bool escape() {
    if (at_ == end_) return false;
    const char kind = *at_++;
    if (kind == 'u') return unicode_escape();
    constexpr std::string_view kKinds = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t which = kKinds.find(kind);
    if (which == std::string_view::npos) return false;
    if (writes()) append_json_ascii(kMeant[which], out_);
    return true;
  }

  bool four_digits(unsigned& code) {
    if (end_ - at_ < 4) return false;
    code = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = json_hex_digit(*at_++);
      if (digit < 0) return false;
      code = code << 4 | static_cast<unsigned>(digit);
    }
    return true;
  }

  bool unicode_escape() {
    unsigned code = 0;
    if (!four_digits(code)) return false;
    if (!writes()) return true;
    if (code == 0) note(JsonFault::nul_escape);
    if (code >= 0xD800 && code <= 0xDBFF && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
      const char* before = at_;
      at_ += 2;
      unsigned low = 0;
      if (!four_digits(low)) return false;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = before;
      }
    }
    if (code >= 0xD800 && code <= 0xDFFF) {
      note(JsonFault::lone_surrogate);
    } else if (code < 0x80) {
      append_json_ascii(static_cast<char>(code), out_);
    } else {
      append_utf8(code, out_);
    }
    return true;
  }

  const char* at_;
  const char* end_;
  Form form_;
  std::string& out_;
  JsonFault noted_ = JsonFault::none;
  bool closed_ = false;   // by open(): the container is empty
  bool escaped_ = false;  // by string(): it has an escape
  // Small documents, the usual ones, need no memory from the heap.
  std::array<std::byte, 4096> small_;
  std::pmr::monotonic_buffer_resource memory_{small_.data(), small_.size()};
  std::pmr::vector<Frame> frames_{&memory_};
  std::pmr::vector<Member> members_{&memory_};
  std::pmr::string scratch_{&memory_};
};

JsonFault read(std::string_view text, Form form, std::string& out) {
  return is_valid_utf8(text) ? Reader(text, form, out).read() : JsonFault::syntax;
}

}  // namespace

JsonFault check_json(std::string_view text) {
  std::string nothing;
  return read(text, Form::none, nothing);
}

bool is_json(std::string_view text) {
  return check_json(text) == JsonFault::none;
}

JsonFault append_canonical_json(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  const JsonFault fault = read(text, Form::canonical, out);
  if (fault != JsonFault::none) out.resize(begin);
  return fault;
}

JsonFault append_json_last_keys(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  const JsonFault fault = read(text, Form::last_keys, out);
  if (fault != JsonFault::none && fault != JsonFault::duplicate_key) out.resize(begin);
  return fault;
}

std::string_view describe(JsonFault fault) {
  switch (fault) {
    case JsonFault::none:
      return "is JSON";
    case JsonFault::syntax:
      return "is not JSON";
    case JsonFault::duplicate_key:
      return "has the same key twice in one object";
    case JsonFault::nul_escape:
      return "has \\u0000, which jsonb cannot hold";
    case JsonFault::lone_surrogate:
      return "has half of a surrogate pair (\\ud800 to \\udfff)";
    case JsonFault::number_range:
      return "has a number that numeric cannot hold";
    case JsonFault::too_deep:
      break;
  }
  return "is nested deeper than 1,000 levels";
}

}  // namespace planrun
