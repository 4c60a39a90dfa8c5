#include "base/json.h"
#include "run/preview.h"

namespace planrun {

namespace {

Json to_json(const LoadPreview& load) {
  Json json = {{"load", load.load},
               {"from", load.from},
               {"rows_read", load.balance.rows_read},
               {"rows_written", load.balance.rows_written},
               {"rows_rejected", load.balance.rows_rejected},
               {"rows_dropped", load.balance.rows_dropped},
               {"rows_merged", load.balance.rows_merged},
               {"rows_emitted", load.balance.rows_emitted},
               {"rows_emitted_merged", load.balance.rows_emitted_merged},
               {"bytes", load.bytes},
               {"stops", load.stops}};
  Json groups = Json::array();
  for (const auto& group : load.rejects) {
    Json samples = Json::array();
    for (const auto& r : group.samples) samples.push_back({{"key", to_text(r.key)}, {"value", r.value}});
    groups.push_back(
        {{"column", group.column}, {"reason", group.reason}, {"rows", group.rows}, {"samples", samples}});
  }
  json["rejects"] = groups;
  Json samples = Json::array();
  for (const auto& sample : load.samples) {
    Json after = Json::array();
    for (const auto& values : sample.after) {
      Json& row = after.emplace_back(Json::object());
      for (const auto& [column, value] : values) row[column] = value;
    }
    samples.push_back({{"before", sample.before.empty() ? Json() : Json::parse(sample.before)},
                       {"after", after},
                       {"more", sample.more}});
  }
  json["samples"] = samples;
  return json;
}

}  // namespace

Json to_json(const Graph& graph) {
  Json steps = Json::array();
  for (const auto& step : graph.steps) {
    Json after = Json::array();
    for (const std::size_t before : step.after) after.push_back(graph.steps[before].id);
    steps.push_back({{"step", step.id},
                     {"kind", std::string(to_string(step.kind))},
                     {"table", step.table},
                     {"after", after}});
  }
  return steps;
}

Json to_json(const Preview& p) {
  Json json = {{"plan", p.plan},
               {"fingerprint", p.fingerprint},
               {"sources", p.sources},
               {"target", p.target},
               {"target_problem", p.target_problem},
               {"target_unreachable", p.target_unreachable},
               {"would_pass", p.would_pass()},
               {"earlier_run", p.earlier_run},
               {"notices", p.notices},
               {"unread_tables", p.unread_tables},
               {"missing_parts", p.missing_parts},
               {"estimated_seconds", p.estimated_seconds}};
  json["steps"] = to_json(p.graph);
  if (p.sample > 0) json["sample"] = p.sample;
  Json ddl = Json::array();
  for (const auto& step : p.ddl) ddl.push_back({{"step", step.step}, {"statements", step.statements}});
  json["ddl"] = std::move(ddl);
  Json loads = Json::array();
  for (const auto& load : p.loads) loads.push_back(to_json(load));
  json["loads"] = std::move(loads);
  Json merges = Json::array();
  for (const auto& m : p.merges) {
    merges.push_back({{"merge", m.group},
                      {"from", m.from},
                      {"keep", m.rule},
                      {"keys_repeated", m.keys_repeated},
                      {"keys_different", m.keys_different},
                      {"rows_equal", m.rows_equal},
                      {"rows_different", m.rows_different},
                      {"samples", m.samples},
                      {"problem", m.problem}});
  }
  json["merges"] = std::move(merges);
  Json findings = Json::array();
  for (const auto& f : p.findings) {
    findings.push_back({{"load", f.load}, {"what", f.what}, {"rows", f.rows}, {"stops", f.stops}});
  }
  json["findings"] = std::move(findings);
  Json left = Json::array();
  for (const auto& n : p.not_looked_for)
    left.push_back({{"table", n.table}, {"what", n.what}, {"why", n.why}});
  json["not_looked_for"] = std::move(left);
  Json checks = Json::array();
  for (const auto& [name, asks] : p.checks) checks.push_back({{"check", name}, {"asks", asks}});
  json["checks"] = std::move(checks);
  return json;
}

}  // namespace planrun
