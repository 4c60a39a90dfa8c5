// How a table's rows are divided: `partition` and `distribute`.
#include <algorithm>

#include "plan/readers.h"

namespace planrun {
namespace {

// More tables than these a server plans a query over for seconds.
constexpr std::int64_t kMostParts = 1000;

class PartitionReading {
 public:
  PartitionReading(PlanReader& reader, const Section& section, const PlanTable& table,
                   PlanPartition& partition)
      : reader_(reader), section_(section), table_(table), partition_(partition) {}

  void run() {
    partition_.by = partition_by_from(section_.text("by")).value_or(PartitionBy::range);
    partition_.columns = section_.list("column");
    require("by");
    require("column");
    check_columns();
    if (partition_.by == PartitionBy::hash) {
      read_count();
    } else {
      read_parts();
    }
  }

 private:
  void require(std::string_view key) {
    if (section_.has(key)) return;
    reader_.error(FindingCode::missing_key, section_.at(),
                  section_.shown() + " has no `" + std::string(key) + "`");
  }

  void apart(std::string_view key, const std::string& hint) {
    if (section_.find(key) == nullptr) return;
    reader_.error(FindingCode::keys_apart, section_.at(key),
                  "`" + std::string(key) + "` does not go with `by = \"" +
                      std::string(to_string(partition_.by)) + "\"`",
                  hint);
  }

  void check_columns() {
    const auto& columns = partition_.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool twice = std::any_of(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const Located& other) { return other.text == columns[i].text; });
      if (twice)
        reader_.error(FindingCode::named_twice, columns[i].at,
                      "`column` names `" + columns[i].text + "` twice");
    }
    if (partition_.by == PartitionBy::list && columns.size() > 1)
      reader_.error(FindingCode::division_misfit, columns[1].at,
                    "a list of values goes by one column, not by " + std::to_string(columns.size()));
    if (columns.empty() && section_.find("column") != nullptr)
      reader_.error(FindingCode::empty_value, section_.at("column"), "`column` is empty");
  }

  void read_count() {
    apart("parts", "a hash has a `count` of partitions, called " + hash_part_name(table_.name, 0) + ", " +
                       hash_part_name(table_.name, 1) + ", ...");
    const auto count = section_.count("count");
    if (!count) {
      if (!section_.has("count")) require("count");
      return;
    }
    if (*count < 1 || *count > kMostParts) {
      reader_.error(FindingCode::wrong_form, section_.at("count"),
                    "`count` is from 1 to " + std::to_string(kMostParts) + ", not " + std::to_string(*count));
      return;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(*count); ++i) {
      PlanPart& part = partition_.parts.emplace_back();
      part.name = hash_part_name(table_.name, i);
      part.at = section_.at("count");
    }
    check_object_name(reader_, partition_.parts.back().name, section_.at("count"), "partition");
  }

  void read_parts() {
    apart("count", "`count` is for `by = \"hash\"`");
    const Member* parts = section_.find("parts");
    if (parts == nullptr) {
      if (!section_.has("parts")) require("parts");
      return;
    }
    for (const Member& member : parts->value.members) read_part(member);
    if (partition_.parts.empty())
      reader_.error(FindingCode::empty_value, parts->at, section_.shown() + " names no partition",
                    "without one no row has a place");
  }

  void read_part(const Member& member) {
    check_object_name(reader_, member.key, member.at, "partition");
    PlanPart& part = partition_.parts.emplace_back();
    part.name = member.key;
    part.at = member.at;
    if (member.value.kind == NodeKind::string && member.value.text == "default") {
      part.is_default = true;
      return;
    }
    if (member.value.kind != NodeKind::table) {
      reader_.error(FindingCode::wrong_kind, member.value.at,
                    "partition `" + member.key + "` is \"default\" or a table, not " +
                        std::string(describe(member.value.kind)),
                    partition_.by == PartitionBy::range ? "{ from = ..., to = ... }" : "{ values = [...] }");
      return;
    }
    const Section own(reader_, part_keys(), member.value, member.at, "partition `" + member.key + "`");
    part.from = own.list("from");
    part.to = own.list("to");
    part.values = own.list("values");
    check_part(own, part);
  }

  void check_part(const Section& own, const PlanPart& part) {
    const bool is_range = partition_.by == PartitionBy::range;
    for (const std::string_view key : {"from", "to", "values"}) {
      if (own.find(key) == nullptr || (key != "values") == is_range) continue;
      reader_.error(FindingCode::keys_apart, own.at(key),
                    "`" + std::string(key) + "` does not go with `by = \"" +
                        std::string(to_string(partition_.by)) + "\"`",
                    is_range ? "a range has `from` and `to`" : "a list has `values`");
    }
    if (!is_range) {
      if (part.values.empty())
        reader_.error(FindingCode::missing_key, part.at, own.shown() + " has no `values`",
                      "{ values = [...] }, or \"default\" for those that no other one takes");
      return;
    }
    if (part.from.empty() && part.to.empty())
      reader_.error(FindingCode::missing_key, part.at, own.shown() + " has neither `from` nor `to`",
                    "\"default\" takes what no other one takes");
    for (const auto* bound : {&part.from, &part.to}) {
      if (bound->empty() || bound->size() == partition_.columns.size()) continue;
      reader_.error(FindingCode::division_misfit, bound->front().at,
                    "a bound of " + own.shown() + " has " + std::to_string(bound->size()) +
                        (bound->size() == 1 ? " value" : " values") + ", and it goes by " +
                        std::to_string(partition_.columns.size()) +
                        (partition_.columns.size() == 1 ? " column" : " columns"));
    }
  }

  PlanReader& reader_;
  const Section& section_;
  const PlanTable& table_;
  PlanPartition& partition_;
};

/// Where it makes no sense at all.
void check_place(PlanReader& reader, const PlanTable& table, const std::string& key, Position at) {
  const std::string shown = "[table." + table.name + "]";
  if (table.exists)
    reader.error(FindingCode::keys_apart, at,
                 shown + " exists: how its rows are divided is said where it was made",
                 "take `" + key + "` out");
  if (dialect_of(reader, table.target) == "sqlite")
    reader.error(FindingCode::keys_apart, at,
                 shown + " goes into a SQLite file, which has " +
                     (key == "partition" ? "no partitions" : "no nodes to divide rows among"),
                 "take `" + key + "` out");
}

void read_distribution(PlanReader& reader, const Member& member, PlanTable& table) {
  PlanDistribution& distribution = table.distribution.emplace();
  distribution.at = member.at;
  if (member.value.kind == NodeKind::string) {
    distribution.by = located(member.value);
    if (distribution.by.text.empty())
      reader.error(FindingCode::empty_value, member.value.at, "`distribute` is empty");
    return;
  }
  const Section own(reader, distribute_keys(), member.value, member.at, "`distribute`");
  if (const auto by = own.located("by")) distribution.by = *by;
  if (own.flag("reference") == (own.find("by") == nullptr)) return;
  reader.error(FindingCode::keys_apart, member.at, "`distribute` is by a column, or a reference table",
               "distribute = \"COLUMN\", or distribute = { reference = true }");
}

}  // namespace

void read_division(PlanReader& reader, const Section& section, PlanTable& table) {
  if (const Member* member = section.find("partition")) {
    check_place(reader, table, "partition", member->at);
    const Section own(reader, partition_keys(), member->value, member->at, "`partition`");
    table.partition.emplace().at = member->at;
    PartitionReading(reader, own, table, *table.partition).run();
  }
  if (const Member* member = section.find("distribute")) {
    check_place(reader, table, "distribute", member->at);
    read_distribution(reader, *member, table);
  }
}

}  // namespace planrun
