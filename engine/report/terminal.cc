#include "report/terminal.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "report/paint.h"

namespace planrun {

namespace {

constexpr int kBarWidth = 24;
// In a log, the progress is told about so often.
constexpr double kLogSeconds = 10;
constexpr double kToldSeconds = 0.5;

class Terminal : public Observer {
 public:
  Terminal(Log& log, const TerminalOptions& options) : log_(log), options_(options), paint_(options.color) {}
  ~Terminal() override { clear_bars(); }

  void run_began(const RunHeader& header) override {
    first_rows_ = -1;
    std::string text =
        (header.resumed ? "run " + header.run + " goes on (" + counted(header.chunks_done, "chunk") +
                              (header.chunks_done == 1 ? " is done): " : " are done): ")
                        : "run " + header.run + ": ");
    text += header.plan + " -> " + header.target + ", " + std::to_string(header.jobs) +
            (header.jobs == 1 ? " worker" : " workers");
    say(text);
    for (const auto& source : header.sources) say(source);
  }

  void notice(const std::string& text) override {
    clear_bars();
    log_.warning(text);
  }

  void step_began(const Step&) override {}

  // Steps that took no time are no news.
  void step_ended(const Step& step, double seconds) override {
    if (step.kind != StepKind::load && seconds < kToldSeconds) return;
    std::string text =
        step.id + (step.creates.size() > 1 ? " (" + std::to_string(step.creates.size()) + ")" : "");
    if (step.kind != StepKind::load) text += "  " + human_seconds(seconds);
    say("done: " + text);
  }

  void progress(const std::vector<LoadProgress>& loads, double seconds) override {
    if (options_.quiet) return;
    LoadProgress all;
    for (const auto& load : loads) {
      all.rows += load.rows;
      all.rows_expected += load.done ? load.rows : load.rows_expected;
      all.bytes += load.bytes;
    }
    if (first_rows_ < 0) {
      first_rows_ = all.rows;
      first_seconds_ = seconds;
    }
    const double rate = seconds > first_seconds_
                            ? static_cast<double>(all.rows - first_rows_) / (seconds - first_seconds_)
                            : 0;
    if (options_.bars) {
      draw_bars(loads, all, rate);
    } else if (seconds - told_at_ >= kLogSeconds) {
      told_at_ = seconds;
      log_.info(line(all, rate));
    }
  }

  void run_ended(const RunSummary&) override { clear_bars(); }

 private:
  void say(const std::string& text) {
    if (options_.quiet) return;
    clear_bars();
    log_.info(text);
  }

  static std::string line(const LoadProgress& all, double rate) {
    std::string text = with_thousands(all.rows) + " of about " + with_thousands(all.rows_expected) +
                       " rows, " + human_bytes(all.bytes) + ", " +
                       with_thousands(static_cast<std::int64_t>(rate)) + " rows/s";
    if (rate > 0 && all.rows_expected > all.rows) {
      text += ", about " + human_seconds(static_cast<double>(all.rows_expected - all.rows) / rate) + " left";
    }
    return text;
  }

  std::string bar(const LoadProgress& load) const {
    const double share = load.done || load.rows_expected == 0
                             ? (load.done ? 1.0 : 0.0)
                             : static_cast<double>(load.rows) / static_cast<double>(load.rows_expected);
    const int full = static_cast<int>(share * kBarWidth);
    std::string text;
    for (int i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
    return text;
  }

  // The loads that are under way, and all of them together.
  void draw_bars(const std::vector<LoadProgress>& loads, const LoadProgress& all, double rate) {
    clear_bars();
    std::string text;
    for (const auto& load : loads) {
      if (load.done || load.rows == 0) continue;
      text += bar(load) + "  " + load.load + "  " + with_thousands(load.rows) + "\n";
      ++drawn_;
    }
    text += paint_.strong(bar(all)) + "  " + line(all, rate) + "\n";
    ++drawn_;
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  }

  void clear_bars() {
    if (drawn_ == 0) return;
    std::fprintf(stderr, "\x1b[%dA\x1b[J", drawn_);
    std::fflush(stderr);
    drawn_ = 0;
  }

  Log& log_;
  TerminalOptions options_;
  Paint paint_;
  std::int64_t first_rows_ = -1;
  double first_seconds_ = 0;
  double told_at_ = 0;
  int drawn_ = 0;
};

}  // namespace

std::unique_ptr<Observer> make_terminal(Log& log, const TerminalOptions& options) {
  return std::make_unique<Terminal>(log, options);
}

}  // namespace planrun
