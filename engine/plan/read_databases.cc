// [source.NAME] and [target.NAME].
#include <algorithm>

#include "base/file_pattern.h"
#include "base/text.h"
#include "plan/database_url.h"
#include "plan/readers.h"
#include "plan/variables.h"

namespace planrun {
namespace {

bool is_literal(const std::string& password) {
  return password.find_first_not_of(kVariableMark) != std::string::npos;
}

// The password may come from a variable, not from the file; nor from the default of a variable.
bool refuse_literal_password(PlanReader& reader, const Located& url) {
  for (const bool with_defaults : {false, true}) {
    if (!is_literal(password_in(mark_variables(url.text, with_defaults)))) continue;
    reader.error(FindingCode::literal_password, url.at, "the url holds a password",
                 "take it from the environment: ${NAME}");
    return false;
  }
  return true;
}

// The url of the file, or of the command line in its place. nullopt: reported.
std::optional<DatabaseUrl> read_url(PlanReader& reader, const Section& section, const std::string& name,
                                    const std::map<std::string, std::string>& overrides) {
  const auto written = section.located("url");
  const bool unusable = written && !refuse_literal_password(reader, *written);
  std::string reason;
  if (const auto other = overrides.find(name); other != overrides.end()) {
    auto url = parse_database_url(other->second, std::filesystem::current_path(), reason);
    if (!url)
      reader.error(FindingCode::unusable_url, {},
                   "the url given for " + name + " on the command line cannot be used", reason);
    return url;
  }
  if (!written) {
    if (!section.has("url"))
      reader.error(FindingCode::missing_key, section.at(), section.shown() + " has no `url`");
    return std::nullopt;
  }
  const auto filled = fill_variables(reader, *written);
  if (!filled || unusable) return std::nullopt;
  auto url = parse_database_url(*filled, reader.plan.file.parent_path(), reason);
  if (!url)
    reader.error(FindingCode::unusable_url, written->at, section.shown() + " has no url that can be used",
                 reason);
  return url;
}

void read_password(PlanReader& reader, const Section& section, const std::string& dialect, std::string& url) {
  const auto password = section.located("password");
  if (!password) return;
  if (is_literal(mark_variables(password->text, false)) || is_literal(mark_variables(password->text, true))) {
    reader.error(FindingCode::literal_password, password->at, "`password` is a variable",
                 "password = \"${NAME}\"");
    return;
  }
  const auto filled = fill_variables(reader, *password);
  if (!filled || dialect.empty()) return;
  if (dialect == "sqlite") {
    reader.error(FindingCode::keys_apart, password->at, "a SQLite database has no password");
  } else if (!password_in(url).empty()) {
    reader.error(FindingCode::keys_apart, password->at, "the url holds a password already");
  } else {
    url = with_password(url, *filled);
  }
}

// Only a server has schemas; and it shows all that reads one moment, which needs no copy.
void read_schema(PlanReader& reader, const Section& section, const std::string& dialect, PlanSource& source) {
  const auto schema = section.located("schema");
  if (schema) {
    check_object_name(reader, schema->text, schema->at, "schema");
    source.schema = schema->text;
  }
  if (dialect == "sqlite" && schema)
    reader.error(FindingCode::keys_apart, schema->at, "a SQLite database has no schema");
  if (dialect != "sqlite" && section.find("snapshot") != nullptr) {
    reader.error(FindingCode::keys_apart, section.at("snapshot"),
                 "a PostgreSQL source is never copied: a run reads it as it stands at one moment",
                 "take `snapshot` out of " + section.shown());
  }
}

// Many files are one source only where something tells them apart.
void read_tenant(PlanReader& reader, const Section& section, const DatabaseUrl& url, PlanSource& source) {
  const auto tenant = section.located("tenant");
  const auto column = section.located("tenant_column");
  if (column) source.tenant_column = column->text;
  if (column && check_object_name(reader, column->text, column->at, "column") && !section.has("tenant")) {
    reader.error(FindingCode::keys_apart, column->at,
                 "`tenant_column` names the column of `tenant`, which is not here",
                 "add tenant = \"{stem}\"");
  }
  if (!tenant) {
    if (url.is_pattern && !section.has("tenant"))
      reader.error(FindingCode::missing_key, section.at("url"),
                   "the url of " + section.shown() + " is a pattern of files, and nothing says whose each is",
                   "add tenant = \"{stem}\": every table gets a column `tenant` that holds the file's name");
    return;
  }
  if (url.dialect != "sqlite") {
    reader.error(FindingCode::keys_apart, tenant->at,
                 "`tenant` is of SQLite files; a PostgreSQL source has none");
  } else if (const std::string why = refuse_file_name(tenant->text); !why.empty()) {
    reader.error(FindingCode::wrong_form, tenant->at, "`tenant` cannot tell files apart: " + why,
                 "{stem} is the file's name without its ending, {name} all of it, {folder} its folder's");
  } else if (source.whole) {
    reader.error(FindingCode::keys_apart, source.whole_at,
                 section.shown() + " is many files, and cannot be `whole`",
                 "take `whole` out: the plan's own keys and indexes have the tenant in them");
  } else {
    source.tenant = tenant->text;
  }
}

std::string names_nothing(const std::string& what, const std::string& name) {
  return "--" + what + " " + name + "=... names no " + what + " of the plan";
}

void check_overrides(PlanReader& reader, const std::map<std::string, std::string>& overrides,
                     const std::vector<std::string>& names, const std::string& what) {
  for (const auto& [name, url] : overrides) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    reader.error(FindingCode::unknown_name, {}, names_nothing(what, name), did_you_mean(name, names));
  }
}

}  // namespace

void read_sources(PlanReader& reader, const Node& root) {
  std::vector<std::string> names;
  for_each_section(reader, root, "source", [&](const Member& member) {
    const Section section(reader, source_keys(), member.value, member.at, "[source." + member.key + "]");
    PlanSource source;
    source.name = member.key;
    source.at = member.at;
    check_plain_name(reader, source.name, member.at, "source");
    source.written_url = section.text("url");
    source.snapshot = reader.plan.snapshot && section.find("snapshot") == nullptr;
    source.whole = section.flag("whole");
    source.whole_at = section.at("whole");
    source.leave = section.list("leave");
    if (!source.leave.empty() && !source.whole) {
      reader.error(FindingCode::keys_apart, section.at("leave"),
                   "`leave` names what a source that arrives whole leaves behind", "add whole = true");
    }
    if (const auto url = read_url(reader, section, source.name, reader.options.source_urls)) {
      source.url = url->url;
      source.shown_url = url->shown;
      read_schema(reader, section, url->dialect, source);
      read_tenant(reader, section, *url, source);
      read_password(reader, section, url->dialect, source.url);
    }
    names.push_back(source.name);
    reader.plan.sources.push_back(std::move(source));
  });
  check_overrides(reader, reader.options.source_urls, names, "source");
}

void read_targets(PlanReader& reader, const Node& root) {
  std::vector<std::string> names;
  for_each_section(reader, root, "target", [&](const Member& member) {
    const Section section(reader, target_keys(), member.value, member.at, "[target." + member.key + "]");
    PlanTarget target;
    target.name = member.key;
    target.at = member.at;
    check_plain_name(reader, target.name, member.at, "target");
    for (const char* key : {"schema", "ledger"}) {
      const auto name = section.located(key);
      if (name) check_object_name(reader, name->text, name->at, "schema");
    }
    if (section.find("schema") != nullptr) target.schema = section.text("schema");
    if (section.find("ledger") != nullptr) target.ledger = section.text("ledger");
    if (target.schema == target.ledger) {
      reader.error(FindingCode::same_place,
                   section.at(section.find("ledger") != nullptr ? "ledger" : "schema"),
                   "the ledger has a schema of its own, apart from the tables'");
    }
    target.written_url = section.text("url");
    target.types = texts_of(section.list("types"));
    if (const auto url = read_url(reader, section, target.name, reader.options.target_urls)) {
      target.url = url->url;
      target.shown_url = url->shown;
      target.dialect = url->dialect;
      for (const auto& source : reader.plan.sources) {
        const bool same = source.has_many_files()
                              ? matches_pattern(target.url, source.url)
                              : is_same_database(source.url, target.url) &&
                                    (target.dialect == "sqlite" || source.schema == target.schema);
        if (!same) continue;
        reader.error(FindingCode::same_place, section.at("url"),
                     source.has_many_files()
                         ? "the target is one of the files of [source." + source.name + "]"
                         : std::string("the target is the same ") +
                               (target.dialect == "sqlite" ? "file" : "schema") + " as [source." +
                               source.name + "]");
      }
    }
    read_password(reader, section, target.dialect, target.url);
    for (const auto& other : reader.plan.targets) {
      if (target.url.empty() || !is_same_database(other.url, target.url)) continue;
      if (target.dialect != "sqlite" && other.schema != target.schema && other.ledger != target.ledger)
        continue;
      reader.error(FindingCode::same_place, section.at("url"),
                   "[target." + target.name + "] is the same database as [target." + other.name + "]",
                   "name one of them in the tables of both; in PostgreSQL two targets of one database have a "
                   "`schema` and a `ledger` each");
    }
    names.push_back(target.name);
    reader.plan.targets.push_back(std::move(target));
  });
  for (const auto& source : reader.plan.sources) {
    if (!source.whole || reader.plan.targets.size() < 2) continue;
    reader.error(FindingCode::keys_apart, source.whole_at,
                 "[source." + source.name + "] cannot be `whole` where the plan has several targets",
                 "give each target a plan of its own, or take `whole` out");
  }
  check_overrides(reader, reader.options.target_urls, names, "target");
}

}  // namespace planrun
