#include "notify/mail.h"

#include <array>
#include <ctime>

#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

// RFC 5322, section 2.1.1: 998 bytes at most; a longer line is broken.
constexpr std::size_t kMostBytes = 900;

std::string date_of(std::int64_t micros) {
  const std::time_t seconds = micros / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return text.data();
}

// Breaks stand between code points.
std::string broken(const std::string& text) {
  std::string out;
  std::size_t length = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (c == '\n') length = 0;
    if (length >= kMostBytes && begins) {
      out += '\n';
      length = 0;
    }
    out += c;
    ++length;
  }
  return out;
}

std::string upper(std::string_view level) {
  return level == "critical" ? "CRITICAL" : std::string(level);
}

}  // namespace

std::string mail_text(const AlertNews& news, const VerifySummary& summary, const std::string& host) {
  const std::string level(to_string(news.alert->level));
  const std::string state = news.record.raised ? "raised" : "cleared";
  std::string text = "From: planrun@" + host + "\nDate: " + date_of(news.record.changed_at) +
                     "\nSubject: " + upper(level) + " " + state + ": " + summary.plan + " " +
                     news.alert->name +
                     "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                     "Content-Transfer-Encoding: 8bit\nX-Planrun-Alert: " +
                     news.alert->name + "\nX-Planrun-State: " + state + "\n\n";
  text += broken(replace_invalid_utf8(news.record.message)) + "\n\n";
  const Json facts = to_json(news, summary);
  for (const auto& [name, value] : facts.items()) {
    if (name != "message") text += broken(name + ": " + value.get<std::string>()) + "\n";
  }
  return text;
}

}  // namespace planrun
