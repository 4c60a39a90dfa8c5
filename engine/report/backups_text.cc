#include "report/backups_text.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "report/text_table.h"

namespace planrun {

namespace {

constexpr std::int64_t kMicrosPerHour = 3600 * kMicrosPerSecond;

// "12 days", "5 h", "40.00 s"
std::string age_text(std::int64_t micros) {
  if (micros >= 2 * kMicrosPerDay) return std::to_string(micros / kMicrosPerDay) + " days";
  if (micros >= 2 * kMicrosPerHour) return std::to_string(micros / kMicrosPerHour) + " h";
  return human_seconds(static_cast<double>(micros) / kMicrosPerSecond);
}

}  // namespace

std::string backups_text(const std::string& plan, const std::vector<Backup>& backups, std::int64_t now) {
  if (backups.empty()) return "the ledger knows no snapshot of plan " + plan + "\n";
  TextTable table({{"run", Align::left},
                   {"state", Align::left},
                   {"source", Align::left},
                   {"size", Align::right},
                   {"age", Align::right},
                   {"snapshot", Align::left}});
  std::string files;
  for (const auto& b : backups) {
    std::string state(to_string(b.state));
    if (b.deleted_at != 0) state += " " + to_iso_utc(b.deleted_at);
    if (b.sample > 0) state += ", a sample";
    table.add({b.run, std::string(to_string(b.run_state)), b.source, human_bytes(b.bytes),
               age_text(now - b.taken_at), state});
    files += "  " + b.file + "\n    SHA-256 " + (b.sha256.empty() ? "not taken yet" : b.sha256) + "\n";
  }
  return table.text() + "\n" + files;
}

Json backups_json(const std::string& plan, const std::vector<Backup>& backups) {
  Json list = Json::array();
  for (const auto& b : backups) {
    list.push_back({{"run", b.run},
                    {"run_state", std::string(to_string(b.run_state))},
                    {"source", b.source},
                    {"file", b.file},
                    {"bytes", b.bytes},
                    {"sha256", b.sha256},
                    {"taken_at", to_iso_utc(b.taken_at)},
                    {"deleted_at", b.deleted_at == 0 ? Json() : Json(to_iso_utc(b.deleted_at))},
                    {"is_there", b.state != BackupState::deleted && b.state != BackupState::missing},
                    {"sha256_agrees", b.state == BackupState::same        ? Json(true)
                                      : b.state == BackupState::different ? Json(false)
                                                                          : Json()}});
    if (b.sample > 0) list.back()["sample"] = b.sample;
  }
  return {{"plan", plan}, {"snapshots", list}};
}

}  // namespace planrun
