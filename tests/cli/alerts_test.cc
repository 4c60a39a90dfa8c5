// Alerts on their way, metrics and units, as another program gets them.
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "support/migration.h"

namespace alerts_test {

using namespace planrun::test;

namespace {

using Json = nlohmann::json;

const char* const kSource =
    "create table t(id integer primary key, v text); insert into t values (1, 'a'), (2, 'b');";
const std::string kTables =
    "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\n"
    "[check.rows]\nsql = \"select count(*) from t\"\nexpect = 2\n";

// Answers a number of posts, keeping what it got, a line each.
class HttpServer {
 public:
  HttpServer(const std::filesystem::path& folder, int posts, const std::string& answer)
      : port_file_(folder / "port"), log_(folder / "posts") {
    const char* const script = R"(
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        with open(sys.argv[2], 'ab') as log: log.write(self.path.encode() + b' ' + body + b'\n')
        self.send_response(int(sys.argv[4]))
        self.send_header('location', 'file:///etc/passwd')
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
server.timeout = 20
with open(sys.argv[1] + '.new', 'w') as f: f.write(str(server.server_port))
os.rename(sys.argv[1] + '.new', sys.argv[1])
for _ in range(int(sys.argv[3])): server.handle_request()
)";
    std::filesystem::remove(port_file_);
    thread_ = std::thread([=, this] {
      run_process(
          {"python3", "-c", script, port_file_.string(), log_.string(), std::to_string(posts), answer});
    });
    for (int i = 0; i < 400 && !std::filesystem::exists(port_file_); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    REQUIRE(std::filesystem::exists(port_file_));
  }
  ~HttpServer() { thread_.join(); }
  std::string address() const { return "http://127.0.0.1:" + read_file(port_file_); }
  std::string posts() const { return std::filesystem::exists(log_) ? read_file(log_) : ""; }

 private:
  std::filesystem::path port_file_;
  std::filesystem::path log_;
  std::thread thread_;
};

ProcessResult verify(const Migration& m, std::vector<std::string> more = {},
                     const std::map<std::string, std::string>& environment = {}) {
  std::vector<std::string> arguments = {"verify", m.plan_file().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_planrun(arguments, m.state(), environment);
}

std::string alert(const std::string& way, const std::string& when = "differences > 0") {
  return "[[alert]]\nname = \"rows_differ\"\nwhen = \"" + when + "\"\n" + way + "\n";
}

}  // namespace

TEST_CASE("a webhook is told once when an alert is raised, and once when it is cleared", "[watch]") {
  Migration m(Kind::sqlite, kSource, kTables);
  REQUIRE(m.run().status == 0);
  const std::filesystem::path folder = m.plan_file().parent_path();
  {
    HttpServer server(folder, 2, "204");
    const std::map<std::string, std::string> secret = {{"HOOK", server.address() + "/t0ken"}};
    m.write_plan(kTables + alert("webhook = \"${HOOK}\""));
    CHECK(verify(m, {}, secret).status == 0);
    CHECK(server.posts().empty());
    m.target("update t set v = 'x' where id = 2");
    const ProcessResult raised = verify(m, {}, secret);
    INFO(raised.err << raised.out);
    CHECK(raised.status == 3);
    CHECK_THAT(raised.err, ContainsSubstring("rows_differ is raised: differences > 0 holds (1)"));
    CHECK(verify(m, {}, secret).status == 3);
    m.target("update t set v = 'b' where id = 2");
    const ProcessResult cleared = verify(m, {}, secret);
    CHECK(cleared.status == 0);
    CHECK(verify(m, {}, secret).status == 0);
    CHECK((raised.out + raised.err + cleared.out + cleared.err + m.target(".dump planrun_alert"))
              .find("t0ken") == std::string::npos);
  }
  const std::string posts = read_file(folder / "posts");
  REQUIRE(std::count(posts.begin(), posts.end(), '\n') == 2);
  REQUIRE(posts.starts_with("/t0ken {"));
  const Json first = Json::parse(posts.substr(7, posts.find('\n') - 7));
  CHECK(first["state"] == "raised");
  CHECK(first["level"] == "critical");
  CHECK(first["value"] == "1");
  CHECK_THAT(first["message"].get<std::string>(),
             ContainsSubstring("id 2, column v: expected 'b', found 'x'"));
  CHECK(Json::parse(posts.substr(posts.find('\n') + 8))["state"] == "cleared");
}

TEST_CASE("what cannot be sent is said, kept, and sent the next time", "[watch]") {
  Migration m(Kind::sqlite, kSource,
              kTables + alert("webhook = \"http://127.0.0.1:1/t0ken\"", "streak >= 1"));
  REQUIRE(m.run().status == 0);
  const ProcessResult failed = verify(m);
  INFO(failed.err);
  CHECK(failed.status == 1);
  CHECK_THAT(failed.out, ContainsSubstring("verified"));
  CHECK_THAT(failed.err,
             ContainsSubstring("could not be sent, and will be tried again: webhook http://127.0.0.1:1..."));
  CHECK(failed.err.find("t0ken") == std::string::npos);
  CHECK(m.target("select raised, sent from planrun_alert") == "1|0");
  {
    HttpServer server(m.plan_file().parent_path(), 1, "302");
    m.write_plan(kTables + alert("webhook = \"" + server.address() + "/x\"", "streak >= 1"));
    CHECK_THAT(verify(m).err, ContainsSubstring("the server answered 302"));
  }
  HttpServer server(m.plan_file().parent_path(), 1, "200");
  m.write_plan(kTables + alert("webhook = \"" + server.address() + "/x\"", "streak >= 1"));
  CHECK(verify(m).status == 0);
  CHECK(m.target("select raised, sent, failure from planrun_alert") == "1|1|");
}

TEST_CASE("a command gets the alert on stdin and in its environment, and a mail is written", "[watch]") {
  Migration m(
      Kind::sqlite, kSource,
      kTables + alert("command = [\"./told.sh\", \"an $argument\"]\nmail = \"alert.eml\"\nlevel = \"info\"",
                      "check.rows passed"));
  const std::filesystem::path folder = m.plan_file().parent_path();
  REQUIRE(m.run().status == 0);
  const ProcessResult missing = verify(m);
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err, ContainsSubstring("told.sh cannot be run"));
  write_file(folder / "told.sh",
             "#!/bin/sh\ncat > " + (folder / "stdin").string() +
                 "\necho \"$1 $PLANRUN_ALERT_NAME $PLANRUN_ALERT_STATE $PLANRUN_ALERT_LEVEL\" > " +
                 (folder / "words").string() + "\necho noise\n");
  std::filesystem::permissions(folder / "told.sh", std::filesystem::perms::owner_all);
  const ProcessResult told = verify(m, {"--format", "json"});
  INFO(told.err);
  CHECK(told.status == 0);
  CHECK(Json::parse(told.out)["verdict"] == "passed");
  CHECK(read_file(folder / "words") == "an $argument rows_differ raised info\n");
  CHECK(Json::parse(read_file(folder / "stdin"))["when"] == "check.rows passed");
  const ProcessResult parsed = run_process(
      {"python3", "-c",
       "import email, sys\nfrom email import policy\nfrom email.utils import parsedate_to_datetime\n"
       "m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=policy.default)\n"
       "assert not m.defects and parsedate_to_datetime(m['date']) and m['from']\n"
       "print(m['subject']); print(m.get_content())",
       (folder / "alert.eml").string()});
  INFO(parsed.err);
  CHECK(parsed.status == 0);
  CHECK_THAT(parsed.out, ContainsSubstring("info raised: test rows_differ\n") &&
                             ContainsSubstring("check.rows passed holds (passed)"));
}

TEST_CASE("a metrics file follows Prometheus' grammar, also where nothing could be verified", "[watch]") {
  Migration m(Kind::sqlite, kSource,
              kTables +
                  "[check.\"odd\"]\nsql = \"select 'te\\\"xt'\"\nseverity = \"info\"\n"
                  "[gate]\nverifications = 2\nwithin = \"1d\"\n");
  REQUIRE(m.run().status == 0);
  const std::filesystem::path file = m.plan_file().parent_path() / "planrun.prom";
  REQUIRE(verify(m, {"--metrics", file.string()}).status == 0);
  // The grammar of the exposition format, read by another program.
  const char* const parser = R"(
import re, sys
name, label = r'[a-zA-Z_:][a-zA-Z0-9_:]*', r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
described, typed, seen = set(), set(), []
text = open(sys.argv[1]).read()
assert text.endswith('\n')
for line in text.splitlines():
    if m := re.fullmatch('# HELP (%s) .+' % name, line): described.add(m[1]); continue
    if m := re.fullmatch('# TYPE (%s) gauge' % name, line): typed.add(m[1]); continue
    m = re.fullmatch(r'(%s)\{(%s(?:,%s)*)\} (-?[0-9.e+-]+)' % (name, label, label), line)
    assert m and m[1] in described and m[1] in typed, line
    if not seen or seen[-1] != m[1]: assert m[1] not in seen, 'a name stands together'; seen.append(m[1])
    float(m[3]); print(m[1], m[3])
)";
  const auto parse = [&] { return run_process({"python3", "-c", parser, file.string()}); };
  const ProcessResult good = parse();
  INFO(read_file(file) << good.err);
  CHECK(good.status == 0);
  for (const std::string line :
       {"planrun_verified 1\n", "planrun_streak 1\n", "planrun_differences 0\n", "planrun_rows_found 2\n",
        "planrun_gate_met 0\n", "planrun_check_value 2\n", "planrun_table_rows_expected 2\n"})
    CHECK_THAT(good.out, ContainsSubstring(line));
  std::filesystem::remove_all(m.state());
  REQUIRE(std::filesystem::remove(m.source_file()));
  CHECK(verify(m, {"--metrics", file.string()}).status == 1);
  CHECK_THAT(parse().out, ContainsSubstring("planrun_verified 0\n") &&
                              ContainsSubstring("planrun_streak 0\n") &&
                              !ContainsSubstring("planrun_differences"));
  CHECK(m.target("select verdict from planrun_verification order by id") == "passed\nnot_done");
  CHECK_THAT(verify(m, {"--metrics", "/nowhere/at/all"}).err,
             ContainsSubstring("cannot write /nowhere/at/all"));
}

TEST_CASE("units verify a plan by themselves, with absolute paths", "[watch]") {
  Migration m(Kind::sqlite, kSource, kTables);
  const auto units = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"units", m.plan_file().string()});
    return run_planrun(more, m.state());
  };
  const std::string plan = m.plan_file().string();
  const ProcessResult cron = units({"--format", "cron", "--every", "6h"});
  CHECK_THAT(cron.out, ContainsSubstring("\n0 */6 * * * set -a; ") &&
                           ContainsSubstring("; exec '" PLANRUN_BINARY "' 'verify' '" + plan + "'"));
  CHECK_THAT(units({"--format", "cron"}).out, ContainsSubstring("\n0 * * * * "));
  const ProcessResult systemd = units({"--format", "systemd", "--every", "15m"});
  CHECK_THAT(systemd.out, ContainsSubstring("OnCalendar=*:0/15\n") &&
                              ContainsSubstring("Persistent=true\n") &&
                              ContainsSubstring("EnvironmentFile=-/etc/planrun/test.env\n"));
  for (const std::string wrong : {"7m", "90m", "5h", "2d", "1w", "", "h"}) {
    INFO(wrong);
    CHECK(units({"--every", wrong}).status == 2);
  }
  if (run_process({"sh", "-c", "command -v systemd-analyze"}).status != 0) return;
  const std::filesystem::path folder = m.plan_file().parent_path();
  const std::size_t timer = systemd.out.find("# /etc/systemd/system/planrun-verify-test.timer");
  REQUIRE(timer != std::string::npos);
  const std::string service = (folder / "planrun-verify-test.service").string();
  write_file(service, systemd.out.substr(0, timer));
  write_file(folder / "planrun-verify-test.timer", systemd.out.substr(timer));
  const ProcessResult checked =
      run_process({"systemd-analyze", "verify", service, (folder / "planrun-verify-test.timer").string()});
  INFO(checked.err);
  CHECK(checked.status == 0);
  CHECK(checked.err.find("planrun-verify-test") == std::string::npos);
}

}  // namespace alerts_test
