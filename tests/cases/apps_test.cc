// Databases like those of well-known applications: a plan drafted for each arrives whole without an edit, and
// goes into the application's own tables.
#include "support/support.h"

namespace apps_test {

using namespace planrun::test;

namespace {

class App {
 public:
  explicit App(const std::string& name)
      : name_(name) {  // Else its first comment would be an option of the shell.
    sqlite3(database(), "\n" + text_of(name + ".sql"));
  }
  static std::string text_of(const std::string& file) {
    return read_file(std::filesystem::path(PLANRUN_SOURCE_DIR) / "tests/cases/apps" / file);
  }
  std::filesystem::path database() const { return folder_ / (name_ + ".db"); }
  std::string sqlite(const std::string& sql) const { return sqlite3(database(), sql); }

  /// init, lint and run; the plan.
  std::string move_to(const std::string& url, const std::vector<std::string>& more = {}) const {
    std::filesystem::remove(plan());
    std::vector<std::string> init = {"init", database().string(), "--target", url, "-o", plan().string()};
    init.insert(init.end(), more.begin(), more.end());
    for (const auto& arguments : {init, {"lint", plan().string()}, {plan().string()}}) {
      const ProcessResult result = run_planrun(arguments, folder_ / "state");
      INFO(read_file(plan()) << result.out << result.err);
      REQUIRE(result.status == 0);
    }
    return read_file(plan());
  }

  void take_back() const {
    const ProcessResult result = run_planrun({"rollback", "--yes", plan().string()}, folder_ / "state");
    INFO(result.out << result.err);
    CHECK(result.status == 0);
  }

 private:
  std::filesystem::path plan() const { return folder_ / "plan.toml"; }

  std::string name_;
  TempFolder folder_;
};

/// The same question to both; `target` where PostgreSQL's words are others.
struct Question {
  std::string source;
  std::string target = {};
};

void check_answers(const App& app, const TempPostgres& target, const std::vector<Question>& questions) {
  for (const auto& question : questions) {
    const std::string& asked = question.target.empty() ? question.source : question.target;
    INFO(asked);
    CHECK(target.psql(asked) == app.sqlite(question.source));
  }
}

const std::vector<Question> kVault = {
    {"select uuid, name, password_iterations, hex(password_hash), enabled, coalesce(verified_at, '-') from "
     "users order by uuid",
     "select uuid, name, password_iterations, upper(encode(password_hash, 'hex')), enabled::int, "
     "coalesce(verified_at::text, '-') from users order by uuid"},
    {"select substr(created_at, 1, 19) from users order by uuid",
     "select date_trunc('second', created_at) from users order by uuid"},
    {"select file_size from attachments"},
    {"select uuid, atype, coalesce(notes, '-'), deleted_at is null, reprompt from ciphers order by uuid",
     "select uuid, atype, coalesce(notes, '-'), (deleted_at is null)::int, reprompt::int from ciphers order "
     "by uuid"},
    {"select user_uuid, access_all, status from users_organizations order by 1",
     "select user_uuid, access_all::int, status from users_organizations order by 1"},
    {"select uuid, user_uuid, coalesce(push_token, '-') from devices order by 2"},
    {"select * from folders_ciphers"},
    {"select id, event_type, coalesce(ip_address, '-') from event order by id"},
    {"select version from schema_migrations order by 1"}};

}  // namespace

TEST_CASE("a password manager's database arrives whole", "[postgres][cases]") {
  const App app("vault");
  const TempPostgres target;
  app.move_to(target.url());
  check_answers(app, target, kVault);
  CHECK(target.psql("select count(*) from pg_constraint where contype = 'f'") == "10");
  CHECK(target.psql("select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) from "
                    "information_schema.columns where table_name = 'twofactor'") ==
        "uuid text, user_uuid text, atype bigint, enabled boolean, data text, last_used bigint");
  CHECK(target.psql("select indexdef from pg_indexes where indexname = 'ciphers_user'") ==
        "CREATE INDEX ciphers_user ON public.ciphers USING btree (user_uuid) WHERE (deleted_at IS NULL)");
  CHECK(target.psql("insert into event (event_type, event_date) values (1, now()) returning id") == "10");
}

TEST_CASE("a password manager's rows go into the tables that it has made itself", "[postgres][cases]") {
  const App app("vault");
  const TempPostgres target;
  target.psql(App::text_of("vault.postgresql.sql"));
  app.move_to(target.url(), {"--data-only"});
  check_answers(app, target, kVault);
  CHECK(target.psql(
            "select data_type from information_schema.columns where table_name = 'users' and column_name = "
            "'password_iterations'") == "integer");
  const std::string next = "insert into event (event_type, event_date) values (1, now()) returning id";
  CHECK(target.psql(next) == "10");
  target.psql("delete from event where id = 10");
  app.take_back();
  CHECK(target.psql("select (select count(*) from users) + (select count(*) from event)") == "0");
  CHECK(target.psql(next) == "1");
}

TEST_CASE("a chat server's database arrives whole", "[postgres][cases]") {
  const App app("chat");
  const TempPostgres target;
  app.move_to(target.url());
  check_answers(app, target,
                {{"select stream_ordering, depth, processed, outlier, origin_server_ts, coalesce(state_key, "
                  "'-') from events order by 1",
                  "select stream_ordering, depth, processed::int, outlier::int, origin_server_ts, "
                  "coalesce(state_key, '-') from events order by 1"},
                 {"select json_extract(content, '$.room_version') from events where event_id = '$a'",
                  "select content ->> 'room_version' from events where event_id = '$a'"},
                 {"select json from event_json order by event_id"},
                 {"select event_id, is_state, coalesce(room_id, '-') from event_edges order by 1",
                  "select event_id, is_state::int, coalesce(room_id, '-') from event_edges order by 1"},
                 {"select display_name, forgotten from room_memberships order by event_id"},
                 {"select count(*), count(distinct last_seen) from user_ips"},
                 {"select media_length, upload_name from media order by media_length"},
                 {"select stream_id from stream_positions"}});
  CHECK(target.psql("select indexdef from pg_indexes where indexname = 'events_stream'") ==
        "CREATE INDEX events_stream ON public.events USING btree (received_ts DESC) WHERE (type = "
        "'m.room.encryption'::text)");
  CHECK(target.psql(
            "insert into events (topological_ordering, event_id, type, room_id, processed, outlier) values "
            "(1, '$c', 't', '!a:example.org', true, false) returning stream_ordering") == "9007199254740994");
}

TEST_CASE("a file cloud's database arrives whole", "[postgres][cases]") {
  const App app("files");
  const TempPostgres target;
  app.move_to(target.url());
  check_answers(app, target,
                {{"select fileid, storage, path, coalesce(parent, 0), size, mtime, encrypted, etag, "
                  "permissions, coalesce(checksum, '-') from oc_filecache order by 1",
                  "select fileid, storage, path, coalesce(parent, 0), size, mtime, encrypted::int, etag, "
                  "permissions, coalesce(checksum, '-') from oc_filecache order by 1"},
                 {"select hex(calendardata) from oc_calendarobjects",
                  "select upper(encode(calendardata, 'hex')) from oc_calendarobjects"},
                 {"select userid, appid, configkey, coalesce(configvalue, '-') from oc_preferences order by "
                  "userid, configkey",
                  "select userid, appid, configkey, coalesce(configvalue, '-') from oc_preferences order by "
                  "userid collate \"C\", configkey"},
                 {"select id, share_type, coalesce(share_with, '-'), permissions, coalesce(expiration, '-') "
                  "from oc_share order by id",
                  "select id, share_type, coalesce(share_with, '-'), permissions, coalesce(expiration::text, "
                  "'-') from oc_share order by id"},
                 {"select class, argument, execution_duration from oc_jobs order by id"},
                 {"select objectid from oc_systemtag_object_mapping order by 1",
                  "select objectid from oc_systemtag_object_mapping order by objectid collate \"C\""}});
  // What AUTOINCREMENT has given once is not given again: 90 was deleted.
  CHECK(target.psql(
            "insert into oc_filecache (name, storage, mimetype) values ('new', 1, 1) returning fileid") ==
        "91");
  CHECK(target.psql("select count(*) from pg_constraint where contype = 'f'") == "4");
}

// A folder moved into a younger one stands before it: the file cloud's own tables are those that the first
// run has made, emptied.
TEST_CASE("a file cloud's tree goes into the tables that are there, in whatever order its rows stand",
          "[postgres][cases]") {
  const App app("files");
  const TempPostgres target;
  app.move_to(target.url());
  const std::string keys =
      "select conname, pg_get_constraintdef(oid), convalidated from pg_constraint where contype = 'f' order "
      "by 1";
  const std::string before = target.psql(keys);
  target.psql("truncate oc_filecache cascade; drop schema planrun cascade");
  target.psql(
      "do $$ declare t text; begin for t in select tablename from pg_tables where schemaname = 'public' loop "
      "execute format('truncate %I cascade', t); end loop; end $$");
  app.sqlite(
      "insert into oc_filecache select 500, storage, 'b', 'b', 1, 'b', mimetype, 0, 0, 0, 0, null, 0, null "
      "from "
      "oc_filecache where fileid = 2; update oc_filecache set parent = 500 where fileid = 2");
  const std::string plan = app.move_to(target.url(), {"--data-only", "--name", "again"});
  CHECK_THAT(plan, ContainsSubstring("restore_foreign_keys = [\"oc_filecache_parent_fkey\"]"));
  CHECK(target.psql("select fileid, parent from oc_filecache order by 1") == "1|\n2|500\n500|1");
  CHECK(target.psql(keys) == before);
}

}  // namespace apps_test
