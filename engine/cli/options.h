// What the command line said.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/rate.h"

namespace planrun {

struct CommandOptions {
  std::vector<std::string> plans;
  std::vector<std::string> databases;              // paths or urls, where no plan names them
  std::map<std::string, std::string> source_urls;  // --source NAME=URL
  std::map<std::string, std::string> target_urls;  // --target NAME=URL
  std::string schema = "public";                   // --schema, of PostgreSQL sources
  std::string draft_target;                        // init --target URL
  bool data_only = false;                          // init --data-only
  bool loose_names = false;                        // init --loose-names
  std::string draft_name;                          // init --name NAME
  bool dry_run = false;
  bool quiet = false;
  bool json = false;        // --format json
  bool csv = false;         // --format csv
  std::string format;       // --format, as given
  int jobs = 0;             // 0: as many as this machine has cores
  std::int64_t sample = 0;  // --sample N; 0: all rows
  Rate rate;                // --rate; none: the plan's
  std::string join;         // --join RUN
  std::string save_to;      // -o
  std::string run;          // --run ID; empty: the latest
  bool yes = false;
  bool discard_later = false;
  bool retry = false;
  bool verify = false;
  bool git_external = false;
  bool show_values = false;
  bool sources = false;      // lint --sources
  std::string expect;        // --expect FILE
  std::string restore;       // --restore SOURCE
  std::string check_file;    // evidence --check FILE
  std::string from;          // --from snapshot or live; empty: the snapshot where it is there
  bool gate = false;         // --gate
  std::string metrics;       // --metrics FILE
  std::string every = "1h";  // --every
  std::int64_t limit = 20;   // --limit N, of differences
};

}  // namespace planrun
