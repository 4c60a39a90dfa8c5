// Every mistake that can be seen without a database; lines and columns counted by hand.
#include "plan/read_plan.h"

#include "base/error.h"
#include "plan/lint.h"
#include "support/support.h"

namespace read_plan_test {

using namespace planrun;
using namespace planrun::test;

using Lines = std::vector<std::string>;

namespace {

void check_all(const std::vector<LintCase>& cases) {
  for (const auto& c : cases) {
    INFO(c.text);
    CHECK(lint(std::string(c.text) + kRest) == c.expected);
  }
}

}  // namespace

TEST_CASE("a plan as a whole") {
  CHECK(lint("") ==
        Lines{"1:1: the plan is empty (it needs [plan], [source.NAME], [target.NAME] and [table.NAME])"});
  CHECK(lint("[plan]\nname = \"p\"\n") == Lines{"1:1: the plan has no source ([source.NAME])",
                                                "1:1: the plan has no target ([target.NAME])",
                                                "1:1: the plan has no table ([table.NAME])"});
  CHECK(lint("\n[source]\n[target.t]\nurl = \"sqlite:t.db\"\n[table.x.columns]\na = \"int\"") ==
        Lines{"1:1: the plan has no name ([plan] name = \"...\")",
              "2:2: the plan has no source ([source.NAME])"});
  // The words are toml++'s.
  const std::pair<const char*, const char*> broken[] = {
      {"[plan]\nname = \"a\"\nname = \"b\"", "3:8: "},
      {"[plan\nname = 3", "1:6: "},
      {"[plan]\nname = \"ä\" x", "2:13: "},
  };
  for (const auto& [text, place] : broken) {
    INFO(text);
    const Lines found = lint(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].substr(0, found[0].find(' ') + 1) == place);
  }
}

TEST_CASE("the smallest plan is right") {
  CHECK(lint("[table.a]\nfrom = \"s.a\"\n" + std::string(kRest)).empty());
  // Names that differ in case are different names.
  CHECK(lint("[table.a.columns]\na = \"int\"\nA = \"int\"\n" + std::string(kRest)).empty());
}

TEST_CASE("keys and values of sections") {
  const std::string table = "[table.a]\nfrom = \"s.a\"\n";
  const std::string databases = "[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"sqlite:t.db\"\n";
  CHECK(lint("[plan]\nnmae = \"p\"\n" + databases + table) ==
        Lines{"1:2: [plan] has no `name`", "2:1: unknown key `nmae` in [plan] (did you mean `name`?)"});
  CHECK(lint("[plan]\nname = 5\nsnapshot = \"yes\"\ndigest = \"md5\"\non_failure = \"rolback\"\n" +
             databases + table) ==
        Lines{"2:8: `name` takes a string, not a whole number", "3:12: `snapshot` is \"none\", not 'yes'",
              "4:10: `digest` is \"sha256\", not 'md5'",
              "5:14: `on_failure` is \"stop\" or \"rollback\", not 'rolback' (did you mean `rollback`?)"});
  CHECK(lint("[plan]\nname = \"../p\"\nrequires = [\"a\", 3]\n" + databases + table) ==
        Lines{"2:8: '../p' is no name for a plan (1 to 63 letters, digits, _ and -)",
              "3:12: `requires` takes a string or an array of strings, not an array"});
  CHECK(lint("plan = 3\n" + databases + table) ==
        Lines{"1:8: `plan` is a section [plan], not a whole number"});
  check_all({
      {"[table.a]\nfrom = \"s.a\"\n[triger.x]\na = 1\n[[sqll]]\nb = 1",
       {"3:2: unknown key `triger` at the top of the plan (did you mean `trigger`?)",
        "5:3: unknown key `sqll` at the top of the plan (did you mean `sql`?)"}},
      {"[table.a]\nfrom = \"s.a\"\n[chek.x]\na = 1",
       {"3:2: unknown key `chek` at the top of the plan (did you mean `check`?)"}},
      {"[table]\nfrom = \"s.a\"\n[table.b]\nfrom = \"s.b\"",
       {"2:1: `from` stands in [table] itself (it belongs into a section [table.NAME])"}},
      {"[table.a]\nfrom = 3\nignor = \"x\"\nexists = \"no\"\nconstraints = { a = 1 }\nafter = [1]",
       {"2:8: `from` takes a string or an array of strings, not a whole number",
        "3:1: unknown key `ignor` in [table.a] (did you mean `ignore`?)",
        "4:10: `exists` takes true or false, not a string",
        "5:15: `constraints` takes a string or an array of strings, not a table",
        "6:9: `after` takes a string or an array of strings, not an array"}},
      {"[table.a]\nname = \"x\"",
       {"1:8: [table.a] has neither rows nor columns (`from`, or [table.a.columns])",
        "2:1: unknown key `name` in [table.a]"}},
      {"[table.\"\"]\nfrom = \"s.a\"",
       {"1:8: '' is no name for a table (1 to 63 bytes, no control characters)"}},
      {"[table.a]\nfrom = \"s.a\"\ncolumns = 5", {"3:11: `columns` takes a table, not a whole number"}},
  });
}

TEST_CASE("a plan does not wait for itself") {
  CHECK(lint("[plan]\nname = \"p\"\nrequires = [\"q\", \"p\"]\n[source.s]\nurl = \"sqlite:s.db\"\n"
             "[target.t]\nurl = \"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n") ==
        Lines{"3:18: the plan requires a passed run of itself (take its name out)"});
}

TEST_CASE("sources and targets") {
  const std::string rest = "\n[plan]\nname = \"p\"\n[table.a]\nfrom = \"s.a\"\n";
  const std::pair<const char*, Lines> cases[] = {
      {"[source.s]\n[target.t]\nurl = \"mysql://x\"",
       {"1:9: [source.s] has no `url`",
        "3:7: [target.t] has no url that can be used (a url begins with sqlite: or postgresql:)"}},
      {"[source.s]\nurl = \"postgresql://h/d\"\n[target.t]\nurl = \"sqlite:\"\nshema = \"x\"",
       {"4:7: [target.t] has no url that can be used (a SQLite database is written sqlite:PATH)",
        "5:1: unknown key `shema` in [target.t] (did you mean `schema`?)"}},
      {"[source.s]\nurl = \"sqlite:a.db\"\n[target.t]\nurl = \"sqlite:../plans/a.db\"",
       {"4:1: the target is the same file as [source.s]"}},
      {"[source.s]\nurl = \"sqlite:a.db\"\nschema = \"x\"\n[target.t]\nurl = \"sqlite:t.db\"",
       {"3:10: a SQLite database has no schema"}},
      {"[source.s]\nurl = \"postgresql://h/d\"\nsnapshot = \"none\"\n[target.t]\nurl = \"sqlite:t.db\"",
       {"3:1: a PostgreSQL source is never copied: a run reads it as it stands at one moment (take "
        "`snapshot` out "
        "of [source.s])"}},
      {"[source.s]\nurl = \"postgresql://h/d\"\nschema = \"x\"\n[target.t]\nurl = "
       "\"postgresql://h/d\"\nschema = \"x\"",
       {"5:1: the target is the same schema as [source.s]"}},
      {"[source.s]\nurl = \"postgresql://h/d\"\nschema = \"x\"\n[target.t]\nurl = \"postgresql://h/d\"", {}},
      {"[source.\"a.b\"]\nurl = \"sqlite:a.db\"\n[target.t]\nurl = \"sqlite:t.db\"\nschema = \"planrun\"",
       {"1:9: 'a.b' is no name for a source (1 to 63 letters, digits, _ and -)",
        "5:1: the ledger has a schema of its own, apart from the tables'", "9:8: there is no source `s`"}},
      {"[source.s]\nurl = \"sqlite:a.db\"\n[target.t]\nurl = \"postgresql:host=h password\"",
       {"4:7: [target.t] has no url that can be used (a PostgreSQL database is written postgresql://... or "
        "postgresql:host=... dbname=...)"}},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(lint(text + rest) == expected);
  }
}

TEST_CASE("secrets come from the environment") {
  const std::string source =
      "[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:s.db\"\n[table.a]\nfrom = \"s.a\"\n[target.t]\n";
  const std::map<std::string, std::string> variables = {
      {"PW", "x y"}, {"AT", "p@s/w"}, {"URL", "postgresql://u:geheim@h/d"}};
  struct Case {
    const char* target;
    Lines expected;
    const char* url = "";
    const char* shown = "";
  };
  const Lines literal = {"8:7: the url holds a password (take it from the environment: ${NAME})"};
  const Case cases[] = {
      {"url = \"postgresql://user:secret@h/d\"", literal},
      {"url = \"postgres://user:${PW}x@h/d\"", literal},
      {"url = \"postgresql://h/d?password=secret\"", literal},
      {"url = \"postgresql:host=h password = 'secret'\"", literal},
      {"url = \"postgresql:sslpassword=secret\"", literal},
      {"url = \"${NOPE:-postgresql://u:secret@h/d}\"", literal},
      {"url = \"postgresql://u:${PW:-secret}@h/d\"", literal},
      {"url = \"postgresql://u:${PW}@h/d\"", {}, "postgresql://u:x y@h/d", "postgresql://u@h/d"},
      {"url = \"${URL}?sslmode=require\"",
       {},
       "postgresql://u:geheim@h/d?sslmode=require",
       "postgresql://u@h/d?sslmode=require"},
      {"url = \"postgres://u@h:5432/a@b\"", {}, "postgresql://u@h:5432/a@b", "postgresql://u@h:5432/a@b"},
      {"url = \"postgresql://u:${AT}@h:5432/d\"",
       {},
       "postgresql://u:p@s/w@h:5432/d",
       "postgresql://u@h:5432/d"},
      {"url = \"postgresql:host=h dbname='a b'\"\npassword = \"${PW}\"",
       {},
       "postgresql://?host=h&dbname=a%20b&password=x%20y",
       "postgresql://?host=h&dbname=a%20b"},
      {"url = \"postgresql://h/d\"\npassword = \"secret\"",
       {"9:12: `password` is a variable (password = \"${NAME}\")"},
       "postgresql://h/d",
       "postgresql://h/d"},
      {"url = \"sqlite:t.db\"\npassword = \"${PW}\"",
       {"9:12: a SQLite database has no password"},
       "sqlite:/plans/t.db",
       "sqlite:/plans/t.db"},
      {"url = \"${URL}\"\npassword = \"${PW}\"",
       {"9:12: the url holds a password already"},
       "postgresql://u:geheim@h/d",
       "postgresql://u@h/d"},
  };
  for (const auto& c : cases) {
    INFO(c.target);
    const auto result = read(source + c.target, variables);
    CHECK(messages(result.diagnostics) == c.expected);
    CHECK(result.plan.targets.at(0).url == c.url);
    CHECK(result.plan.targets.at(0).shown_url == c.shown);
  }
}

TEST_CASE("a source takes its password from a variable too") {
  const auto result = read(
      "[plan]\nname = \"p\"\n[source.s]\nurl = \"postgresql://h/d\"\npassword = \"${PW}\"\n"
      "[target.t]\nurl = \"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n",
      {{"PW", "x y"}});
  CHECK(messages(result.diagnostics).empty());
  CHECK(result.plan.sources.at(0).url == "postgresql://h/d?password=x%20y");
  CHECK(result.plan.sources.at(0).shown_url == "postgresql://h/d");
}

TEST_CASE("two dollars before a brace are no variable in any text") {
  const auto result = read(
      "[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"sqlite:t.db\"\n"
      "[table.a]\nfrom = \"s.a$${B}\"\nwhere = \"x = '$$${C}$${1}${'\"\nignore = [\"$${D}\"]\n");
  CHECK(messages(result.diagnostics).empty());
  const auto& load = result.plan.tables.at(0).loads.at(0);
  CHECK(load.from.at(0).text == "s.a${B}");
  CHECK(load.where->text == "x = '$${C}${1}${'");
  CHECK(load.ignore.at(0).text == "${D}");
}

TEST_CASE("variables") {
  const std::string rest =
      "\n[plan]\nname = \"p\"\n[target.t]\nurl = \"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n";
  const std::map<std::string, std::string> variables = {{"A", "x"}, {"EMPTY", ""}};
  struct Case {
    const char* url;
    const char* expected_url;
    Lines expected;
  };
  const Case cases[] = {
      {"sqlite:${A}/b.db", "sqlite:/plans/x/b.db", {}},
      {"sqlite:${NOPE:-../c.db}", "sqlite:/c.db", {}},
      {"sqlite:${EMPTY:-d.db}", "sqlite:/plans/d.db", {}},
      {"sqlite:/abs/${A}.db", "sqlite:/abs/x.db", {}},
      {"sqlite:${NOPE}${MORE}",
       "",
       {"2:15: the environment variable NOPE is not set (set it, or give a default: ${NOPE:-...})",
        "2:22: the environment variable MORE is not set (set it, or give a default: ${MORE:-...})"}},
      {"sqlite:$${A}/$$${A}/${A}.db", "sqlite:/plans/${A}/$${A}/x.db", {}},
      {"sqlite:${A", "", {"2:15: a variable is written ${NAME} or ${NAME:-default}"}},
      {"sqlite:${1A}", "", {"2:15: a variable is written ${NAME} or ${NAME:-default}"}},
  };
  for (const auto& c : cases) {
    INFO(c.url);
    const auto result = read("[source.s]\nurl = \"" + std::string(c.url) + "\"" + rest, variables);
    CHECK(messages(result.diagnostics) == c.expected);
    CHECK(result.plan.sources.at(0).url == c.expected_url);
  }
  check_all({{"[table.a]\nfrom = \"s.a\"\nwhere = \"x = '${A}'\"\nignore = [\"$x\", \"${B:-c}\"]",
              {"3:15: variables are filled in only in urls, folders and password keys (where the text itself "
               "is meant, write $${...})",
               "4:18: variables are filled in only in urls, folders and password keys (where the text itself "
               "is meant, write $${...})"}}});
}

TEST_CASE("urls of the command line take the place of the plan's") {
  ReadPlanOptions options;
  options.source_urls = {{"s", "sqlite:other.db"}};
  options.target_urls = {{"targt", "sqlite:x.db"}};
  const std::string text =
      "[plan]\nname=\"p\"\n[source.s]\nurl=\"sqlite:${NOPE}\"\n[target.target]\nurl=\"sqlite:t.db\"\n[table."
      "a]\nfrom=\"s.a\"";
  const auto result = read_plan_text(text, "/plans/p.toml", options);
  CHECK(result.plan.sources.at(0).url == "sqlite:" + (std::filesystem::current_path() / "other.db").string());
  CHECK(to_text(result.diagnostics) ==
        "/plans/p.toml: error[P015]: --target targt=... names no target of the plan (did you mean "
        "`target`?)\n");
}

TEST_CASE("what cannot be read at all is thrown") {
  TempFolder folder;
  CHECK_THROWS_AS(read_plan(folder / "nothing.toml", {}), Error);
  CHECK_THROWS_AS(read_plan(folder.path(), {}), Error);
  write_file(folder / "p.toml",
             "[plan]\nname = \"p\"\nfolder = \"runs\"\n[source.s]\nurl = \"sqlite:s.db\"\n"
             "[target.t]\nurl = \"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n");
  const auto result = read_plan(folder / "p.toml", {});
  CHECK(to_text(result.diagnostics).empty());
  CHECK(result.plan.folder == folder / "runs");
}

}  // namespace read_plan_test
