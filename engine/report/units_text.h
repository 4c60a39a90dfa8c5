// What makes a machine verify a plan by itself: systemd units, or a line for crontab.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace planrun {

/// How often: what divides an hour or a day evenly, or whole days up to one.
struct Rhythm {
  std::int64_t minutes = 60;
};
/// "15m", "1h", "6h", "1d". Absent: it cannot be said to both systemd and cron.
std::optional<Rhythm> rhythm_from(const std::string& text);

struct UnitsOptions {
  std::string plan;
  std::string user;
  std::filesystem::path program;  // absolute, as all paths here
  std::filesystem::path plan_file;
  std::filesystem::path metrics;                // empty: none are written
  std::vector<std::filesystem::path> writable;  // folders that a verification writes to
  Rhythm rhythm;
};

/// planrun-verify-PLAN.service and .timer (systemd.exec(5), systemd.time(7)), each behind its name in a
/// comment.
std::string systemd_text(const UnitsOptions& options);
/// crontab(5).
std::string cron_text(const UnitsOptions& options);

}  // namespace planrun
