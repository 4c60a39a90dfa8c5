#include "report/html_page.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "report/html.h"
#include "report/report_assets.h"

namespace planrun {

namespace {

// 'sha256-...' of what stands between the tags, as a Content-Security-Policy names it
// (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
std::string source_of(std::string_view text) {
  return "'sha256-" + to_base64(*from_hex(sha256_hex(text))) + "'";
}

// A drawing brings a style of its own.
std::string style_sources(std::string_view drawings) {
  constexpr std::string_view kBegin = "<style>";
  constexpr std::string_view kEnd = "</style>";
  std::string sources = source_of(kReportCss);
  for (auto at = drawings.find(kBegin); at != std::string::npos; at = drawings.find(kBegin, at + 1)) {
    const auto begin = at + kBegin.size();
    const std::string source = source_of(drawings.substr(begin, drawings.find(kEnd, begin) - begin));
    if (sources.find(source) == std::string::npos) sources += " " + source;
  }
  return sources;
}

// What is not named here is not run and not fetched, whatever stands in the page.
std::string policy(std::string_view drawings) {
  return "default-src 'none'; style-src " + style_sources(drawings) + "; script-src " + source_of(kReportJs) +
         "; base-uri 'none'; form-action 'none'";
}

}  // namespace

std::string html_page(const std::string& title, std::span<const std::string_view> body,
                      std::string_view drawings) {
  const std::string head =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      policy(drawings) +
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>" +
      html_text(title) + "</title>\n<style>" + std::string(kReportCss) + "</style>\n</head>\n<body>\n";
  const std::string tail = "<script>" + std::string(kReportJs) + "</script>\n</body>\n</html>\n";
  std::size_t bytes = head.size() + tail.size();
  for (const std::string_view piece : body) bytes += piece.size();
  std::string page;
  page.reserve(bytes);
  page += head;
  for (const std::string_view piece : body) page += piece;
  page += tail;
  return page;
}

}  // namespace planrun
