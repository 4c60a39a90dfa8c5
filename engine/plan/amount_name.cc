#include "plan/amount_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::array<std::string_view, 34> kAmounts = {
    "amount", "amounts", "price",   "prices",  "cost",    "costs",    "value",    "revenue", "total",
    "totals", "balance", "fee",     "fees",    "tax",     "taxes",    "salary",   "wage",    "wages",
    "income", "profit",  "budget",  "payment", "deposit", "subtotal", "discount", "rent",    "credit",
    "debit",  "money",   "savings", "spend",   "usd",     "eur",      "gbp"};

// `total_days` is no money, nor is `value_multiplier` or `tax_rate`.
constexpr std::array<std::string_view, 34> kOthers = {
    "rate",   "ratio", "percent", "percentage", "pct",    "multiplier",  "factor",     "score",   "weight",
    "index",  "count", "number",  "rank",       "days",   "hours",       "minutes",    "seconds", "ms",
    "months", "years", "bytes",   "size",       "metric", "probability", "confidence", "p",       "id",
    "type",   "steps", "rows",    "users",      "views",  "clicks",      "measured"};

}  // namespace

bool is_amount_name(std::string_view column) {
  bool amount = false;
  for (const auto& word : split(to_lower_ascii(column), '_')) {
    if (std::find(kOthers.begin(), kOthers.end(), word) != kOthers.end()) return false;
    amount = amount || std::find(kAmounts.begin(), kAmounts.end(), word) != kAmounts.end();
  }
  return amount;
}

}  // namespace planrun
