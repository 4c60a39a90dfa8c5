#include <iostream>

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "census/take_census.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/census_html.h"
#include "report/census_json.h"
#include "report/census_text.h"

namespace planrun {

namespace {

std::string census_in_format(const std::vector<DatabaseCensus>& censuses, const CommandOptions& options,
                             const Paint& paint) {
  if (options.json) return census_json(censuses).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (options.format == "html") return census_html(censuses, now_micros());
  std::string text;
  for (const auto& census : censuses) text += (text.empty() ? "" : "\n") + census_text(census, paint);
  return text;
}

}  // namespace

int census_command(const CommandOptions& options, Console& console) {
  if (options.format == "html" && options.save_to.empty() && isatty(STDOUT_FILENO) != 0) {
    throw Error(ErrorCode::usage, "a page is nothing for a terminal",
                "planrun census SOURCE --format html -o census.html writes it to a file");
  }
  std::vector<std::unique_ptr<Inspector>> databases;
  for (const auto& source : options.databases) databases.push_back(open_inspector(source, options.schema));
  std::vector<DatabaseCensus> censuses;
  bool whole = true;
  const auto sqlite = sqlite_dialect();
  for (const auto& database : databases) {
    censuses.push_back(take_census(*database, *sqlite, stop_flag()));
    whole = whole && censuses.back().is_whole();
  }
  const Paint paint = options.save_to.empty() ? console.out : Paint(false);
  const std::string text = census_in_format(censuses, options, paint);
  if (options.save_to.empty()) {
    std::cout << text << std::flush;
    if (!std::cout) throw Error(ErrorCode::system, "cannot write to stdout", "-o writes to a file");
  } else {
    replace_file(options.save_to, text);
    console.log.info(options.save_to + ": the census of " + std::to_string(censuses.size()) +
                     (censuses.size() == 1 ? " database" : " databases"));
  }
  if (!whole) console.log.error("not everything could be read: the census says what and why");
  return whole ? 0 : 1;
}

}  // namespace planrun
