#include "report/run_timeline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "report/run_report.h"

namespace planrun {

namespace {

constexpr double kMicros = 1e6;
// A run works without such a pause; between two of its processes there is one.
constexpr std::int64_t kBreakMicros = 30'000'000;
// Chunks that follow each other so closely, in parts of the whole, are drawn as one.
constexpr double kJoinedPart = 0.003;
constexpr std::size_t kFewestRates = 8;
constexpr std::size_t kMostRates = 60;

struct Span {
  std::int64_t from = 0;
  std::int64_t until = 0;
};

std::int64_t micros(double seconds) {
  return std::llround(seconds * kMicros);
}

Span span_of(const ChunkRecord& chunk) {
  return {chunk.finished_at - micros(chunk.result.seconds), chunk.finished_at};
}

// Clock time -> seconds of work.
class Axis {
 public:
  explicit Axis(std::vector<Span> spans) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    for (const Span& span : spans) {
      if (work_.empty() || span.from > work_.back().until + kBreakMicros) {
        work_.push_back(span);
      } else {
        work_.back().until = std::max(work_.back().until, span.until);
      }
    }
  }

  double at(std::int64_t time) const {
    double seconds = 0;
    for (const Span& work : work_) {
      if (time < work.from) break;
      seconds += static_cast<double>(std::min(time, work.until) - work.from) / kMicros;
    }
    return seconds;
  }

  double seconds() const { return work_.empty() ? 0 : at(work_.back().until); }

  std::vector<TimelineBreak> breaks() const {
    std::vector<TimelineBreak> breaks;
    for (std::size_t i = 1; i < work_.size(); ++i) {
      breaks.push_back(
          {at(work_[i].from), static_cast<double>(work_[i].from - work_[i - 1].until) / kMicros});
    }
    return breaks;
  }

 private:
  std::vector<Span> work_;
};

std::vector<TimelineBar> chunk_bars(const LedgerPart& part) {
  std::vector<TimelineBar> bars;
  for (const auto& chunk : part.chunks) {
    if (!chunk.done || chunk.finished_at == 0) continue;
    TimelineBar& bar = bars.emplace_back();
    bar.target = part.target;
    bar.worker = chunk.worker;
    bar.step = "load " + chunk.chunk.load;
    bar.kind = "load";
    bar.began_at = span_of(chunk).from;
    bar.seconds = chunk.result.seconds;
    bar.rows = chunk.result.balance.rows_read;
  }
  return bars;
}

// Of a load that failed, what came after the last chunk that its worker has done.
std::int64_t failed_from(const LedgerPart& part, const StepRecord& step) {
  std::int64_t from = step.started_at;
  for (const auto& chunk : part.chunks) {
    if (chunk.worker == step.worker) from = std::max(from, chunk.finished_at);
  }
  return std::min(from, step.started_at + micros(step.seconds));
}

// A load is its chunks.
std::vector<TimelineBar> step_bars(const LedgerPart& part) {
  std::vector<TimelineBar> bars;
  for (const auto& step : part.steps) {
    const bool failed = step.state == StepState::failed;
    if (step.started_at == 0 || step.state == StepState::pending || (step.kind == "load" && !failed))
      continue;
    TimelineBar& bar = bars.emplace_back();
    bar.target = part.target;
    bar.worker = step.worker;
    bar.step = step.id;
    bar.kind = step.kind;
    bar.began_at = step.kind == "load" ? failed_from(part, step) : step.started_at;
    bar.seconds = static_cast<double>(step.started_at + micros(step.seconds) - bar.began_at) / kMicros;
    bar.failed = failed;
  }
  return bars;
}

bool follow_each_other(const TimelineBar& a, const TimelineBar& b, double pause) {
  return a.kind == "load" && !a.failed && !b.failed && a.step == b.step && a.worker == b.worker &&
         a.target == b.target && b.begin - (a.begin + a.seconds) < pause;
}

std::vector<TimelineBar> joined(std::vector<TimelineBar> bars, double seconds) {
  std::vector<TimelineBar> result;
  for (auto& bar : bars) {
    if (!result.empty() && follow_each_other(result.back(), bar, seconds * kJoinedPart)) {
      TimelineBar& last = result.back();
      last.seconds = std::max(last.seconds, bar.begin + bar.seconds - last.begin);
      last.rows += bar.rows;
    } else {
      result.push_back(std::move(bar));
    }
  }
  return result;
}

// A chunk's rows came evenly over its time.
std::vector<RatePoint> rates(const std::vector<LedgerPart>& parts, const Axis& axis) {
  std::size_t chunk_count = 0;
  for (const auto& part : parts) chunk_count += part.chunks.size();
  const std::size_t count = std::clamp(2 * chunk_count, kFewestRates, kMostRates);
  const double width = axis.seconds() / static_cast<double>(count);
  if (width <= 0) return {};
  std::vector<RatePoint> points(count);
  for (std::size_t i = 0; i < count; ++i) points[i] = {width * static_cast<double>(i), width, 0, 0};
  bool is_any = false;
  for (const auto& part : parts) {
    for (const auto& chunk : part.chunks) {
      if (!chunk.done || chunk.correction || chunk.finished_at == 0) continue;
      is_any = true;
      const double from = axis.at(span_of(chunk).from);
      const double until = std::max(axis.at(chunk.finished_at), from + width / 1000);
      const auto first = std::min(static_cast<std::size_t>(from / width), count - 1);
      for (std::size_t i = first; i < count && points[i].begin < until; ++i) {
        const double end = i + 1 == count ? until : points[i].begin + width;
        const double share =
            (std::min(until, end) - std::max(from, points[i].begin)) / (until - from) / width;
        points[i].rows += share * static_cast<double>(chunk.result.balance.rows_read);
        points[i].bytes += share * static_cast<double>(chunk.result.bytes);
      }
    }
  }
  return is_any ? points : std::vector<RatePoint>{};
}

}  // namespace

Timeline make_timeline(const std::vector<LedgerPart>& parts) {
  std::vector<TimelineBar> bars;
  std::map<std::string, std::size_t> places;
  for (const auto& part : parts) {
    places.emplace(part.target, places.size());
    for (auto& bar : chunk_bars(part)) bars.push_back(std::move(bar));
    for (auto& bar : step_bars(part)) bars.push_back(std::move(bar));
  }
  std::vector<Span> spans;
  for (const auto& bar : bars) spans.push_back({bar.began_at, bar.began_at + micros(bar.seconds)});
  const Axis axis(std::move(spans));
  for (auto& bar : bars) bar.begin = axis.at(bar.began_at);
  std::stable_sort(bars.begin(), bars.end(), [&](const TimelineBar& a, const TimelineBar& b) {
    return std::tuple(places[a.target], a.worker, a.began_at) <
           std::tuple(places[b.target], b.worker, b.began_at);
  });
  Timeline timeline;
  timeline.seconds = axis.seconds();
  timeline.bars = joined(std::move(bars), timeline.seconds);
  timeline.breaks = axis.breaks();
  timeline.rates = rates(parts, axis);
  return timeline;
}

}  // namespace planrun
