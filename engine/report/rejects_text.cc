#include "report/rejects_text.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json.h"
#include "base/text.h"
#include "report/csv.h"
#include "report/text_table.h"

namespace planrun {

namespace {

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

std::string list_text(const std::vector<RejectRecord>& records) {
  TextTable reasons(
      {{"rows", Align::right}, {"load", Align::left}, {"column", Align::left}, {"reason", Align::left}});
  for (const auto& r : by_reason(records)) {
    reasons.add({with_thousands(r.rows), r.load, r.column, r.reason});
  }
  TextTable rows({{"load", Align::left},
                  {"source", Align::left},
                  {"key", Align::left},
                  {"column", Align::left},
                  {"value", Align::left},
                  {"reason", Align::left}});
  for (const auto& r : records) {
    rows.add({r.load, r.reject.source + "." + r.reject.table, to_text(r.reject.key), r.reject.column,
              r.reject.value, r.reject.reason});
  }
  return reasons.text() + "\n" + rows.text();
}

std::string count_text(const std::vector<RejectRecord>& records) {
  return with_thousands(static_cast<std::int64_t>(records.size())) + (records.size() == 1 ? " row" : " rows");
}

Json reasons_json(const std::vector<RejectRecord>& records) {
  Json reasons = Json::array();
  for (const auto& r : by_reason(records)) {
    reasons.push_back({{"load", r.load}, {"column", r.column}, {"reason", r.reason}, {"rows", r.rows}});
  }
  return reasons;
}

Json rows_json(const std::vector<RejectRecord>& records) {
  Json rows = Json::array();
  for (const auto& r : records) {
    rows.push_back({{"load", r.load},
                    {"source", r.reject.source},
                    {"table", r.reject.table},
                    {"key", Json::parse(to_json(r.reject.key))},
                    {"column", r.reject.column},
                    {"value", r.reject.value},
                    {"reason", r.reject.reason},
                    {"row", r.reject.row}});
  }
  return rows;
}

}  // namespace

std::string rejects_text(const RunRecord& run, const KeptOut& rows, const Paint& paint) {
  std::string text =
      paint.strong(run.plan + " (run " + run.id + ", " + std::string(to_string(run.state)) + ")") + ": ";
  if (rows.rejected.empty()) {
    text += "no row was rejected\n";
  } else {
    text += count_text(rows.rejected) + " rejected\n\n" + list_text(rows.rejected);
  }
  if (!rows.merged.empty()) {
    text += "\n" + paint.strong("merged") + ": " + count_text(rows.merged) +
            (rows.merged.size() == 1 ? " differs" : " differ") +
            " from the one of the same key that was kept\n\n" + list_text(rows.merged);
  }
  return text;
}

Json rejects_json(const RunRecord& run, const KeptOut& rows) {
  return {{"plan", run.plan},
          {"run", run.id},
          {"rows_rejected", rows.rejected.size()},
          {"reasons", reasons_json(rows.rejected)},
          {"rows", rows_json(rows.rejected)},
          {"rows_merged_different", rows.merged.size()},
          {"merge_reasons", reasons_json(rows.merged)},
          {"merged_rows", rows_json(rows.merged)}};
}

std::string rejects_csv(const KeptOut& rows) {
  std::string csv = "load,source,table,key,column,value,reason,row,kind\r\n";
  for (const auto* records : {&rows.rejected, &rows.merged}) {
    for (const auto& r : *records) {
      const Reject& reject = r.reject;
      const std::string fields[] = {r.load,
                                    reject.source,
                                    reject.table,
                                    to_text(reject.key),
                                    reject.column,
                                    reject.value,
                                    reject.reason,
                                    reject.row,
                                    std::string(to_string(reject.kind))};
      csv += csv_line(fields);
    }
  }
  return csv;
}

}  // namespace planrun
