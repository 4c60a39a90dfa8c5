// [check.NAME] with `use`: a named check, its arguments held against what they should be.
#include <algorithm>

#include "base/decimal.h"
#include "base/text.h"
#include "plan/check_file.h"
#include "plan/readers.h"
#include "sql/definition.h"

namespace planrun {
namespace {

constexpr int kMostRuns = 10'000;

class Use {
 public:
  Use(PlanReader& reader, const Section& section, const CheckFile& file, const PlanCheck& check)
      : reader_(reader), section_(section), file_(file), check_(check) {}

  void add_checks(const std::vector<const Member*>& given) {
    const std::size_t before = reader_.diagnostics.list.size();
    for (const Member* member : given) take(*member);
    for (const auto& argument : file_.arguments) {
      if (!values_.contains(argument.name)) take_default(argument);
    }
    if (reader_.diagnostics.list.size() != before) return;
    const auto each = std::find_if(file_.arguments.begin(), file_.arguments.end(), [&](const auto& argument) {
      return argument.each && values_.at(argument.name).values.size() > 1;
    });
    if (each == file_.arguments.end()) {
      add_check(values_, check_.name);
      return;
    }
    const ArgumentValue list = values_.at(each->name);
    for (const Node& one : list.values) {
      auto values = values_;
      values[each->name].values = {one};
      add_check(values, check_.name + ": " + one.text);
    }
  }

 private:
  void take(const Member& member) {
    const CheckArgument* argument = file_.find(member.key);
    if (argument == nullptr) {
      std::vector<std::string> names;
      for (const auto& a : file_.arguments) names.push_back(a.name);
      for (const auto& k : check_keys().keys) names.emplace_back(k.name);
      reader_.error(FindingCode::shared_check, member.at,
                    "`" + check_.use + "` has no argument `" + member.key + "`",
                    did_you_mean(member.key, names));
      return;
    }
    ArgumentValue value{{member.value}, member.value.at};
    if (member.value.kind == NodeKind::array) value.values = member.value.items;
    const bool is_list = argument->kind == ArgumentKind::names || argument->kind == ArgumentKind::values;
    const bool scalars = std::all_of(value.values.begin(), value.values.end(),
                                     [](const Node& node) { return is_scalar(node.kind); });
    if (!scalars || value.values.empty() || (value.values.size() > 1 && !is_list && !argument->each)) {
      reader_.error(FindingCode::shared_check, member.value.at,
                    "argument `" + member.key + "` takes " +
                        (is_list || argument->each ? "a value or a list of values" : "one value"));
    } else {
      for (const Node& node : value.values) check_value(*argument, node);
    }
    values_[member.key] = std::move(value);
  }

  void check_value(const CheckArgument& argument, const Node& node) {
    const Located text = located(node);
    const auto& choices = argument.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), node.text) == choices.end()) {
      reader_.error(FindingCode::shared_check, node.at,
                    "argument `" + argument.name + "` is " + join(choices, ", ") + ", not " +
                        quote_for_message(node.text),
                    did_you_mean(node.text, choices));
    }
    std::string number;
    switch (argument.kind) {
      case ArgumentKind::name:
      case ArgumentKind::names:
        check_object_name(reader_, node.text, node.at, argument.kind_name);
        break;
      case ArgumentKind::number:
        if (!append_canonical_decimal(node.text, number)) {
          reader_.error(FindingCode::shared_check, node.at,
                        "argument `" + argument.name + "` is a number, not " + quote_for_message(node.text));
        }
        break;
      case ArgumentKind::expression:
        check_sql(text, "select 1 where (", "\n)");
        break;
      case ArgumentKind::query:
        check_sql(text, "", "");
        break;
      case ArgumentKind::text:
      case ArgumentKind::values:
        break;
    }
  }

  void check_sql(const Located& text, const std::string& before, const std::string& after) {
    const auto parsed = parse_query(before + text.text + after);
    if (parsed) return;
    const int inside = std::max(parsed.fault.offset - static_cast<int>(before.size()), 0);
    reader_.error_in(FindingCode::unreadable_sql, text,
                     std::min(static_cast<std::size_t>(inside), text.text.size()), parsed.fault.message,
                     parsed.fault.hint);
  }

  // A default may name another argument; what that was given counts.
  void take_default(const CheckArgument& argument) {
    if (!argument.default_value) {
      if (!section_.has(argument.name)) {
        reader_.error(FindingCode::shared_check, section_.at(),
                      section_.shown() + " lacks argument `" + argument.name + "` of `" + check_.use + "`",
                      "see " + file_.path.filename().string());
      }
      return;
    }
    Node node;
    node.kind = NodeKind::string;
    node.at = section_.at();
    node.text = *argument.default_value;
    values_[argument.name] = {{node}, node.at};
  }

  // {OTHER} in defaults, where each other argument has one value.
  static std::map<std::string, ArgumentValue> settled(std::map<std::string, ArgumentValue> values) {
    for (auto& [name, value] : values) {
      for (Node& node : value.values) {
        if (!node.text.starts_with('{') || !node.text.ends_with('}')) continue;
        const auto other = values.find(node.text.substr(1, node.text.size() - 2));
        if (other != values.end() && other->first != name) node.text = other->second.values.front().text;
      }
    }
    return values;
  }

  void add_check(const std::map<std::string, ArgumentValue>& given, const std::string& name) {
    const auto values = settled(given);
    const auto fill = [&](const std::string& text) { return fill_arguments(text, file_, values); };
    PlanCheck check = check_;
    check.name = name;
    check.sql.any = fill(file_.sql.any);
    for (const auto& [dialect, text] : file_.sql.by_dialect) check.sql.by_dialect[dialect] = fill(text);
    check.sql.at = check_.at;
    check.at_most = fill(file_.at_most);
    if (!file_.runs.empty()) check.runs = std::clamp(std::atoi(fill(file_.runs).c_str()), 1, kMostRuns);
    expect(check, fill);
    reader_.plan.checks.push_back(std::move(check));
  }

  // The file says what is expected, or how the source is asked for it; what the file leaves open the plan
  // says.
  void expect(PlanCheck& check, const std::function<std::string(const std::string&)>& fill) {
    check.holds_of_any_rows = !file_.expect.empty();
    if (check.holds_of_any_rows) {
      check.expect = Located{fill(file_.expect), check.at};
      check.expects_truth = file_.expects_truth;
    }
    if (!check.source.empty()) check.source_sql = {fill(file_.source_sql), check.at};
  }

  PlanReader& reader_;
  const Section& section_;
  const CheckFile& file_;
  const PlanCheck& check_;
  std::map<std::string, ArgumentValue> values_;
};

// What is expected comes from the file alone, or from the plan's `expect` or `source`.
void check_expectation(PlanReader& reader, const Section& section, const CheckFile& file,
                       const PlanCheck& check) {
  const bool settled = !file.expect.empty() || !file.at_most.empty();
  if (section.has("source_sql")) {
    reader.error(FindingCode::keys_apart, section.at("source_sql"), "`source_sql` stands beside `use`",
                 "the named check has the SQL");
  }
  if (!file.at_most.empty() && section.has("tolerance")) {
    reader.error(FindingCode::keys_apart, section.at("tolerance"),
                 "`tolerance` stands beside `use`, and `" + check.use + "` has a limit");
  }
  if (settled || file.source_sql.empty()) {
    const char* why = settled ? "says itself what it expects" : "cannot ask a source";
    for (const char* key : {"expect", "source"}) {
      if ((std::string_view(key) == "expect" && !settled) || !section.has(key)) continue;
      reader.error(FindingCode::keys_apart, section.at(key),
                   "`" + std::string(key) + "` stands beside `use`, and `" + check.use + "` " + why);
    }
  } else if (section.has("source") == section.has("expect")) {
    reader.error(FindingCode::shared_check, section.at(),
                 section.shown() + " needs `source` or `expect`, one of them",
                 "`" + check.use + "` compares with one");
  }
}

}  // namespace

void use_check(PlanReader& reader, const Section& section, const std::vector<const Member*>& arguments,
               PlanCheck check) {
  const auto use = section.located("use");
  if (!use) return;
  const auto path = find_check_file(reader, use->text);
  if (!path) {
    reader.error(FindingCode::shared_check, use->at,
                 "there is no check `" + use->text + "` in checks/ or ../checks/ beside the plan",
                 did_you_mean(use->text, known_checks(reader)));
    return;
  }
  const auto file = read_check_file(reader, *path, use->at);
  if (!file) return;
  reader.plan.check_files[use->text] = file->text;
  DialectSql sql = file->sql;
  sql.at = use->at;
  check_dialect(reader, sql, check.target, "check `" + use->text + "`");
  check_expectation(reader, section, *file, check);
  Use(reader, section, *file, check).add_checks(arguments);
}

}  // namespace planrun
