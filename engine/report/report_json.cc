#include "report/report_json.h"

#include "base/json.h"
#include "base/time.h"
#include "run/summary.h"

namespace planrun {

namespace {

constexpr int kVersion = 1;

Json time_json(std::int64_t micros) {
  return micros == 0 ? Json() : Json(to_iso_utc(micros));
}

template <typename List, typename Make>
Json list_json(const List& list, Make make) {
  Json json = Json::array();
  for (const auto& item : list) json.push_back(make(item));
  return json;
}

Json digest_json(const Digest& digest) {
  Json json = {{"rows", digest.rows}, {"xxh3_128_sum", to_hex(digest.sum)}};
  if (digest.sha256 != Hash256{}) json["sha256_sum"] = to_hex(digest.sha256);
  return json;
}

Json run_json(const RunReport& report) {
  const RunRecord& run = report.run;
  return {{"id", run.id},
          {"state", std::string(to_string(run.state))},
          {"sample", report.sample},
          {"host", run.host},
          {"process", run.process},
          {"program_version", run.program_version},
          {"started_at", time_json(run.started_at)},
          {"updated_at", time_json(run.updated_at)},
          {"finished_at", time_json(run.finished_at)},
          {"work_seconds", report.timeline.seconds}};
}

Json verdict_json(const RunReport& report) {
  return {{"verdict", report.verdict},
          {"headline", report.headline},
          {"statement", report.statement},
          {"message", report.message},
          {"hint", report.hint},
          {"proved_at", report.proved_at.empty() ? Json() : Json(report.proved_at)}};
}

Json target_json(const TargetState& target) {
  return {{"target", target.name},
          {"url", target.shown_url},
          {"state", target.state.empty() ? Json() : Json(target.state)}};
}

Json step_json(const ReportStep& shown) {
  const StepRecord& step = shown.step;
  return {{"target", shown.target},
          {"step", step.id},
          {"kind", step.kind},
          {"table", step.table},
          {"state", std::string(to_string(step.state))},
          {"started_at", time_json(step.started_at)},
          {"seconds", step.seconds},
          {"worker", step.worker},
          {"needs", step.needs},
          {"detail", step.detail}};
}

Json timeline_json(const Timeline& timeline) {
  return {{"seconds", timeline.seconds},
          {"bars", list_json(timeline.bars,
                             [](const TimelineBar& bar) {
                               return Json{{"target", bar.target},
                                           {"worker", bar.worker},
                                           {"step", bar.step},
                                           {"kind", bar.kind},
                                           {"began_at", time_json(bar.began_at)},
                                           {"begin", bar.begin},
                                           {"seconds", bar.seconds},
                                           {"rows", bar.rows},
                                           {"failed", bar.failed}};
                             })},
          {"breaks", list_json(timeline.breaks,
                               [](const TimelineBreak& b) {
                                 return Json{{"at", b.at}, {"seconds", b.seconds}};
                               })},
          {"rates", list_json(timeline.rates, [](const RatePoint& point) {
             return Json{{"begin", point.begin},
                         {"seconds", point.seconds},
                         {"rows_per_second", point.rows},
                         {"bytes_per_second", point.bytes}};
           })}};
}

Json load_json(const ReportLoad& load) {
  return {{"target", load.target},
          {"table", load.table},
          {"load", load.load},
          {"balance", to_json(load.balance)},
          {"balanced", load.holds()},
          {"bytes", load.bytes},
          {"seconds", load.seconds},
          {"chunks_done", load.chunks_done},
          {"chunks_pending", load.chunks_pending}};
}

Json table_json(const ReportTable& table) {
  Json json = {{"target", table.target},
               {"table", table.table},
               {"exists", table.exists},
               {"proof", table.proof},
               {"expected", digest_json(table.expected)},
               {"found", table.proof == "not done" ? Json() : digest_json(table.found)},
               {"difference_count", table.difference_count}};
  json["differences"] = list_json(table.differences, [](const ReportDifference& d) {
    return Json{{"key", d.key}, {"column", d.column}, {"expected", d.expected}, {"found", d.found}};
  });
  return json;
}

Json reason_json(const ReportReason& reason) {
  Json json = {{"target", reason.target}, {"load", reason.load},     {"source", reason.source},
               {"column", reason.column}, {"reason", reason.reason}, {"kind", reason.kind},
               {"rows", reason.rows}};
  json["samples"] = list_json(reason.samples, [](const ReportSample& s) {
    return Json{{"key", s.key}, {"value", s.value}, {"reason", s.reason}, {"row", s.row}};
  });
  return json;
}

Json check_json(const ReportCheck& check) {
  const CheckRecord& record = check.record;
  Json json = {{"target", check.target},
               {"check", record.name},
               {"of_plan", check.of_plan},
               {"severity", record.severity},
               {"status", record.status},
               {"expected", record.expected},
               {"found", record.found},
               {"message", record.message},
               {"checked_at", time_json(record.checked_at)}};
  json["history"] = list_json(check.history, [](const CheckReading& reading) {
    return Json{{"run", reading.run},
                {"status", reading.record.status},
                {"expected", reading.record.expected},
                {"found", reading.record.found},
                {"checked_at", time_json(reading.record.checked_at)}};
  });
  return json;
}

Json guard_json(const ReportGuard& guard) {
  return {{"target", guard.target},     {"guard", guard.name},
          {"severity", guard.severity}, {"status", guard.status},
          {"before", guard.before},     {"after", guard.is_read_after ? Json(guard.after) : Json()},
          {"message", guard.message}};
}

Json snapshot_json(const SnapshotRecord& snapshot) {
  return {{"source", snapshot.source},
          {"file", snapshot.file},
          {"bytes", snapshot.bytes},
          {"sha256", snapshot.sha256},
          {"deleted_at", time_json(snapshot.deleted_at)}};
}

Json diff_json(const PlanTextDiff& diff) {
  if (diff.run.empty()) return nullptr;
  Json json = {{"run", diff.run}, {"state", diff.state}, {"started_at", time_json(diff.started_at)}};
  Json& lines = json["changed_lines"] = Json::array();
  for (const DiffLine& line : diff.lines) {
    if (line.change == LineChange::same) continue;
    const bool added = line.change == LineChange::added;
    lines.push_back({{"change", added ? "added" : "removed"},
                     {"line", added ? line.after : line.before},
                     {"text", line.text}});
  }
  return json;
}

}  // namespace

Json report_json(const RunReport& report) {
  return {{"version", kVersion},
          {"plan", report.run.plan},
          {"description", report.description},
          {"gathered_at", time_json(report.gathered_at)},
          {"shows_values", report.shows_values},
          {"verdict", verdict_json(report)},
          {"run", run_json(report)},
          {"balance", to_json(report.balance)},
          {"bytes", report.bytes},
          {"rows_read_back", report.rows_read_back},
          {"targets", list_json(report.targets, target_json)},
          {"loads", list_json(report.loads, load_json)},
          {"tables", list_json(report.tables, table_json)},
          {"rejects", list_json(report.reasons, reason_json)},
          {"checks", list_json(report.checks, check_json)},
          {"guards", list_json(report.guards, guard_json)},
          {"steps", list_json(report.steps, step_json)},
          {"timeline", timeline_json(report.timeline)},
          {"fingerprints",
           {{"plan", report.run.fingerprint},
            {"plan_text_sha256", report.plan_sha256},
            {"scripts",
             list_json(report.scripts,
                       [](const ReportFile& file) {
                         return Json{{"file", file.file}, {"sha256", file.sha256}, {"text", file.text}};
                       })},
            {"snapshots", list_json(report.snapshots, snapshot_json)}}},
          {"plan_text", report.run.plan_text},
          {"plan_diff", diff_json(report.diff)}};
}

}  // namespace planrun
