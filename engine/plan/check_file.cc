#include "plan/check_file.h"

#include <algorithm>

#include "base/text.h"
#include "plan/readers.h"
#include "sql/quote.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyz_0123456789";

std::vector<fs::path> check_folders(const Plan& plan, const ReadPlanOptions& options) {
  const fs::path beside = plan.file.parent_path();
  std::vector<fs::path> folders = {beside / "checks", (beside / ".." / "checks").lexically_normal()};
  if (!options.share.empty()) folders.push_back(options.share / "checks");
  return folders;
}

ArgumentKind kind_from(std::string_view name) {
  if (name == "columns") return ArgumentKind::names;
  if (name == "text") return ArgumentKind::text;
  if (name == "values") return ArgumentKind::values;
  if (name == "number") return ArgumentKind::number;
  if (name == "expression") return ArgumentKind::expression;
  if (name == "query") return ArgumentKind::query;
  return ArgumentKind::name;
}

/// {name} or {name.form} in a text.
struct Placeholder {
  std::size_t begin = 0;
  std::size_t end = 0;  // after the brace
  std::string name;
  std::string form;
};

std::optional<Placeholder> next_placeholder(const std::string& text, std::size_t from) {
  for (std::size_t open = text.find('{', from); open != std::string::npos; open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return std::nullopt;
    const std::string inside = text.substr(open + 1, close - open - 1);
    const std::size_t dot = inside.find('.');
    const std::string name = inside.substr(0, dot);
    const std::string form = dot == std::string::npos ? "" : inside.substr(dot + 1);
    const auto is_word = [](const std::string& word) {
      return !word.empty() && word.find_first_not_of(kWord) == std::string::npos;
    };
    if (is_word(name) && (dot == std::string::npos || is_word(form)))
      return Placeholder{open, close + 1, name, form};
  }
  return std::nullopt;
}

std::vector<std::string> forms_of(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::name:
      return {"", "text"};
    case ArgumentKind::names:
      return {"", "not_null", "count"};
    case ArgumentKind::values:
      return {"", "count"};
    default:
      return {""};
  }
}

std::string literal(const Node& value) {
  return value.kind == NodeKind::integer || value.kind == NodeKind::real || value.kind == NodeKind::boolean
             ? value.text
             : quote_literal(value.text);
}

std::string listed(const std::vector<Node>& values, std::string_view between,
                   const std::function<std::string(const Node&)>& one) {
  std::vector<std::string> parts;
  for (const auto& value : values) parts.push_back(one(value));
  return join(parts, between);
}

std::string filled(const CheckArgument& argument, const std::string& form, const std::vector<Node>& values) {
  const auto name = [](const Node& value) { return quote_name(value.text); };
  if (form == "count") return std::to_string(values.size());
  if (form == "text") return quote_literal(values.front().text);
  if (form == "not_null") {
    return listed(values, " and ", [&](const Node& value) { return name(value) + " is not null"; });
  }
  switch (argument.kind) {
    case ArgumentKind::name:
    case ArgumentKind::names:
      return listed(values, ", ", name);
    case ArgumentKind::text:
      return quote_literal(values.front().text);
    case ArgumentKind::values:
      return listed(values, ", ", literal);
    case ArgumentKind::expression:
      return "(" + values.front().text + ")";
    case ArgumentKind::number:
    case ArgumentKind::query:
      break;
  }
  return values.front().text;
}

class FileReader {
 public:
  FileReader(const fs::path& path, std::string text, const ReadPlanOptions& options)
      : options_(options), reader_{plan_, diagnostics_, options_} {
    plan_.text = std::move(text);
    diagnostics_.file = path.string();
    file_.path = path;
  }

  CheckFile read() {
    const auto root = read_document(plan_.text, diagnostics_);
    if (!root) return file_;
    const Section section(reader_, check_file_keys(), *root, {1, 1}, "the check");
    if (const Member* arguments = section.find("arguments")) {
      for (const Member& member : arguments->value.members) read_argument(member);
    }
    if (const Member* sql = section.find("sql")) {
      file_.sql = read_dialect_sql(reader_, *sql, "the check");
      for (const auto& [dialect, at] : file_.sql.text_at) check_placeholders({file_.sql.text(dialect), at});
    } else if (!section.has("sql")) {
      reader_.error(FindingCode::missing_key, {1, 1}, "the check has no `sql`");
    }
    file_.source_sql = checked(section, "source_sql");
    file_.expect = checked(section, "expect");
    file_.expects_truth = section.is_boolean("expect");
    file_.at_most = checked(section, "at_most");
    file_.runs = checked(section, "runs");
    return file_;
  }

  const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  void read_argument(const Member& member) {
    const Section section(reader_, check_argument_keys(), member.value, member.at,
                          "[arguments." + member.key + "]");
    CheckArgument argument;
    argument.name = member.key;
    if (!section.has("kind"))
      reader_.error(FindingCode::missing_key, member.at, section.shown() + " has no `kind`");
    argument.kind_name = section.text("kind");
    argument.kind = kind_from(argument.kind_name);
    if (const auto value = section.located("default")) argument.default_value = value->text;
    argument.choices = texts_of(section.list("choices"));
    argument.each = section.flag("each");
    file_.arguments.push_back(std::move(argument));
  }

  std::string checked(const Section& section, std::string_view key) {
    const auto text = section.located(key);
    if (!text) return {};
    check_placeholders(*text);
    return text->text;
  }

  void check_placeholders(const Located& text) {
    std::vector<std::string> names;
    for (const auto& argument : file_.arguments) names.push_back(argument.name);
    for (auto p = next_placeholder(text.text, 0); p; p = next_placeholder(text.text, p->end)) {
      const CheckArgument* argument = file_.find(p->name);
      if (argument == nullptr) {
        reader_.error_in(FindingCode::shared_check, text, p->begin, "there is no argument `" + p->name + "`",
                         did_you_mean(p->name, names));
        continue;
      }
      const auto forms = forms_of(argument->kind);
      if (std::find(forms.begin(), forms.end(), p->form) != forms.end()) continue;
      reader_.error_in(FindingCode::shared_check, text, p->begin,
                       "an argument of kind " + argument->kind_name + " has no form `" + p->form + "`");
    }
  }

  const ReadPlanOptions& options_;
  Plan plan_;
  Diagnostics diagnostics_;
  PlanReader reader_;
  CheckFile file_;
};

}  // namespace

const CheckArgument* CheckFile::find(std::string_view name) const {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [&](const auto& a) { return a.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

std::optional<fs::path> find_check_file(const PlanReader& reader, const std::string& name) {
  for (const auto& folder : check_folders(reader.plan, reader.options)) {
    const fs::path file = folder / (name + ".toml");
    if (reader.options.read_file(file)) return file;
  }
  return std::nullopt;
}

std::map<std::string, std::string> used_check_files(const Plan& plan, const ReadPlanOptions& options) {
  std::map<std::string, std::string> texts;
  for (const auto& check : plan.checks) {
    if (check.use.empty() || texts.contains(check.use)) continue;
    for (const auto& folder : check_folders(plan, options)) {
      if (auto text = plan.read_file(folder / (check.use + ".toml"))) {
        texts[check.use] = std::move(*text);
        break;
      }
    }
  }
  return texts;
}

std::vector<std::string> known_checks(const PlanReader& reader) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& folder : check_folders(reader.plan, reader.options)) {
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<CheckFile> read_check_file(PlanReader& reader, const fs::path& path, Position at) {
  const auto text = reader.options.read_file(path);
  if (!text) {
    reader.error(FindingCode::shared_check, at, "cannot read " + path.string());
    return std::nullopt;
  }
  FileReader file(path, *text, reader.options);
  CheckFile check = file.read();
  check.text = *text;
  for (const auto& d : file.diagnostics().list) {
    reader.error(FindingCode::shared_check, at,
                 path.string() + ":" + std::to_string(d.position.line) + ":" +
                     std::to_string(d.position.column) + ": " + d.message,
                 d.hint);
  }
  if (!file.diagnostics().list.empty()) return std::nullopt;
  return check;
}

std::string fill_arguments(const std::string& text, const CheckFile& file,
                           const std::map<std::string, ArgumentValue>& values) {
  std::string out;
  std::size_t from = 0;
  for (auto p = next_placeholder(text, 0); p; p = next_placeholder(text, p->end)) {
    out += text.substr(from, p->begin - from);
    out += filled(*file.find(p->name), p->form, values.at(p->name).values);
    from = p->end;
  }
  return out + text.substr(from);
}

}  // namespace planrun
