#include "report/rejects_text.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json.h"
#include "base/text.h"
#include "report/text_table.h"

namespace planrun {

namespace {

using Align = TextTable::Align;

struct Reason {
  std::string load;
  std::string column;
  std::string reason;
  std::int64_t rows = 0;
};

std::vector<Reason> by_reason(const std::vector<RejectRecord>& rejects) {
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> counts;
  for (const auto& r : rejects) ++counts[{r.load, r.reject.column, r.reject.reason}];
  std::vector<Reason> reasons;
  for (const auto& [what, rows] : counts) {
    reasons.push_back({std::get<0>(what), std::get<1>(what), std::get<2>(what), rows});
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.rows > b.rows; });
  return reasons;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string rejects_text(const RunRecord& run, const std::vector<RejectRecord>& rejects, const Paint& paint) {
  const std::string head =
      paint.strong(run.plan + " (run " + run.id + ", " + std::string(to_string(run.state)) + ")") + ": ";
  if (rejects.empty()) return head + "no row was rejected\n";
  TextTable reasons(
      {{"rows", Align::right}, {"load", Align::left}, {"column", Align::left}, {"reason", Align::left}});
  for (const auto& r : by_reason(rejects)) {
    reasons.add({with_thousands(r.rows), r.load, r.column, r.reason});
  }
  TextTable rows({{"load", Align::left},
                  {"source", Align::left},
                  {"key", Align::left},
                  {"column", Align::left},
                  {"value", Align::left},
                  {"reason", Align::left}});
  for (const auto& r : rejects) {
    rows.add({r.load, r.reject.source + "." + r.reject.table, to_text(r.reject.key), r.reject.column,
              r.reject.value, r.reject.reason});
  }
  return head + with_thousands(static_cast<std::int64_t>(rejects.size())) +
         (rejects.size() == 1 ? " row" : " rows") + " rejected\n\n" + reasons.text() + "\n" + rows.text();
}

Json rejects_json(const RunRecord& run, const std::vector<RejectRecord>& rejects) {
  Json reasons = Json::array();
  for (const auto& r : by_reason(rejects)) {
    reasons.push_back({{"load", r.load}, {"column", r.column}, {"reason", r.reason}, {"rows", r.rows}});
  }
  Json rows = Json::array();
  for (const auto& r : rejects) {
    rows.push_back({{"load", r.load},
                    {"source", r.reject.source},
                    {"table", r.reject.table},
                    {"key", Json::parse(to_json(r.reject.key))},
                    {"column", r.reject.column},
                    {"value", r.reject.value},
                    {"reason", r.reject.reason},
                    {"row", r.reject.row}});
  }
  return {{"plan", run.plan},
          {"run", run.id},
          {"rows_rejected", rejects.size()},
          {"reasons", reasons},
          {"rows", rows}};
}

std::string rejects_csv(const std::vector<RejectRecord>& rejects) {
  std::string csv = "load,source,table,key,column,value,reason,row\r\n";
  for (const auto& r : rejects) {
    const Reject& reject = r.reject;
    const std::string fields[] = {r.load,        reject.source, reject.table,  to_text(reject.key),
                                  reject.column, reject.value,  reject.reason, reject.row};
    const char* separator = "";
    for (const auto& field : fields) {
      csv += separator + csv_field(field);
      separator = ",";
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace planrun
