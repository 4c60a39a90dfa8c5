#include "plan/diagnostic.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/text.h"

namespace planrun {

std::vector<const Diagnostic*> to_tell(const Diagnostics& diagnostics) {
  std::vector<const Diagnostic*> sorted;
  for (const auto& d : diagnostics.list) {
    if (d.allowed.empty()) sorted.push_back(&d);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return std::tie(a->position.line, a->position.column) < std::tie(b->position.line, b->position.column);
  });
  return sorted;
}

std::string to_text(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic* d : to_tell(diagnostics)) {
    text += diagnostics.file;
    if (d->position.line > 0) {
      text += ":" + std::to_string(d->position.line) + ":" + std::to_string(d->position.column);
    }
    text += d->severity == Severity::error ? ": error[" : ": warning[";
    text += to_string(d->code) + "]: " + d->message;
    if (!d->hint.empty()) text += " (" + d->hint + ")";
    text += '\n';
  }
  return text;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string lower = to_lower_ascii(word);
  for (const auto& candidate : candidates) {
    if (to_lower_ascii(candidate) == lower) return "did you mean `" + candidate + "`?";
  }
  const auto near = nearest(word, candidates);
  return near ? "did you mean `" + *near + "`?" : std::string();
}

}  // namespace planrun
