// One document that says what a run has brought and what its target held when it was made: to be signed,
// kept, and held against the target again.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "data/digest.h"
#include "run/runner.h"

namespace planrun {

struct EvidenceOptions {
  std::string run;  // empty: the latest
  std::string program_version;
};

/// Reads every table of the run back. Throws Error(refused) where the run has not passed, Error(unproved)
/// where the target does not hold what the run wrote: there is no evidence of that.
Json make_evidence(const Plan& plan, const Targets& targets, const EvidenceOptions& options,
                   const std::atomic<bool>& stop);

/// SHA-256 of the document without its `digest`: as JSON with sorted keys and no blanks between, in UTF-8.
std::string digest_of_evidence(const Json& document);

/// Throws Error(refused) where `text` is no such document, or is not as it was made. `name` is the file's,
/// for messages.
Json read_evidence(const std::string& text, const std::string& name);

/// The targets that a document names, to be opened.
std::vector<PlanTarget> targets_of_evidence(const Json& document);

/// A table as the document says and as it is now.
struct EvidenceTable {
  std::string target;
  std::string table;
  Digest expected;
  Digest found;
  bool holds() const { return expected == found; }
};

struct EvidenceCheck {
  std::string run;
  std::vector<EvidenceTable> tables;
  std::vector<std::string>
      faults;  // what else does not hold: the run is gone from a ledger, or was taken back
  bool holds() const;
};

/// Reads every table of the document again. Throws Error(unreachable).
EvidenceCheck check_evidence(const Json& document, const Targets& targets, const std::atomic<bool>& stop);

Json to_json(const EvidenceCheck& check);

}  // namespace planrun
