// The cases of tests/cases/peers/*.txt: small SQLite databases in which other tools lose something, each with
// what must arrive in PostgreSQL, or with what planrun must say and how it ends.
//
// A case begins with `=== ID: TITLE`. `planrun: TEXT` says for people what happens. Sections follow, each
// behind a line `--- NAME`:
//   source       SQL text of the database; or
//   make         a shell script that makes data/source.db (and plan_tables, a part of the plan)
//   source keys  further keys of [source.s]
//   plan         tables, views and so on of the plan; without it table t from s.t
//   before       SQL done in the target first
//   killed N     a first run is killed at the Nth point of support/kill_preload.cc
//   status N     how planrun ends; 0 unless said
//   says         lines of which each is in what planrun prints
//   query        SQL asked of the target afterwards, in the case's own schema
//   gives        what psql prints
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace planrun::test {

struct PeerCase {
  std::string id;
  std::string title;
  std::string planrun;   // in words
  std::string pgloader;  // what pgloader 3.6.9 did, as measured; or "not measured"
  std::string source;
  std::string make;
  std::string source_keys;
  std::string plan = "[table.t]\nfrom = \"s.t\"\n";
  std::string before;
  std::string killed_at;  // empty: there is one run, which nobody kills
  int status = 0;
  std::vector<std::string> says;
  std::string query;
  std::string gives;  // without the last newline
};

/// In the order of values.txt, schema.txt, files.txt. Throws std::runtime_error naming the file and line
/// where one is not as above.
std::vector<PeerCase> read_peer_cases(const std::filesystem::path& folder);

}  // namespace planrun::test
