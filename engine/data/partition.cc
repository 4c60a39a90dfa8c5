#include "data/partition.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "base/time.h"

namespace planrun {
namespace {

constexpr std::array<std::string_view, 3> kWays = {"range", "list", "hash"};

bool is_whole_number(TypeKind kind) {
  return kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> moment(const ColumnType& type, std::string_view text) {
  std::string_view reason;
  const auto time = parse_iso_time(text, reason);
  if (!time || !time->has_date) return std::nullopt;
  if (type.kind == TypeKind::date) return time->has_time ? std::nullopt : std::optional(time->days);
  // The server leaves a zone out of account here, and rounds what is finer than the column.
  if (type.kind == TypeKind::timestamp && time->zone_seconds) return std::nullopt;
  if (type.precision >= 0 && time->fraction_digits > type.precision) return std::nullopt;
  return time->days * kMicrosPerDay + time->micros - time->zone_seconds.value_or(0) * kMicrosPerSecond;
}

bool is_text(const ColumnType& type) {
  return type.kind == TypeKind::text || type.kind == TypeKind::varchar;
}

/// A bound before a row's key, by the first column in which they differ.
std::strong_ordering compare(const std::vector<std::int64_t>& bound, std::span<const Cell> key) {
  for (std::size_t i = 0; i < bound.size(); ++i) {
    if (const auto order = bound[i] <=> key[i].integer; order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::string_view to_string(PartitionBy by) {
  return kWays.at(static_cast<std::size_t>(by));
}

std::optional<PartitionBy> partition_by_from(std::string_view text) {
  const auto found = std::find(kWays.begin(), kWays.end(), text);
  if (found == kWays.end()) return std::nullopt;
  return static_cast<PartitionBy>(found - kWays.begin());
}

bool PartitionSchema::has_default() const {
  return std::any_of(parts.begin(), parts.end(), [](const PartSchema& part) { return part.is_default; });
}

std::vector<std::string> PartitionSchema::part_names() const {
  std::vector<std::string> names;
  for (const auto& part : parts) names.push_back(part.name);
  return names;
}

std::optional<std::int64_t> ordinal_bound(const ColumnType& type, std::string_view text) {
  switch (type.kind) {
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return whole_number(text);
    case TypeKind::boolean:
      if (text == "true") return 1;
      return text == "false" ? std::optional<std::int64_t>(0) : std::nullopt;
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return moment(type, text);
    default:
      return std::nullopt;
  }
}

bool is_no_bound(const ColumnType& type, std::string_view text) {
  return is_whole_number(type.kind) && !whole_number(trim(text));
}

std::string to_text(const PartSchema& part) {
  if (part.is_default) return "default";
  if (!part.values.empty()) return "values " + comma_list(part.values);
  std::string text;
  if (!part.from.empty()) text = "from " + comma_list(part.from);
  if (!part.to.empty()) text += (text.empty() ? "to " : " to ") + comma_list(part.to);
  return text;
}

PartitionMatch::PartitionMatch(const PartitionSchema& schema, std::span<const ColumnType> types,
                               bool is_plain) {
  // A hash takes every row, and so does what has a partition for all others.
  if (schema.by == PartitionBy::hash || schema.has_default()) return;
  is_list_ = schema.by == PartitionBy::list;
  if (is_list_ && is_text(types.front()) && !is_plain) return;
  decides_ = is_list_ ? read_values(schema, types.front()) : read_ranges(schema, types);
}

bool PartitionMatch::read_ranges(const PartitionSchema& schema, std::span<const ColumnType> types) {
  const auto read = [&](const std::vector<std::string>& texts, Bound& bound) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto value = ordinal_bound(types[i], texts[i]);
      if (!value) return false;
      bound.push_back(*value);
    }
    return true;
  };
  return std::all_of(schema.parts.begin(), schema.parts.end(), [&](const PartSchema& part) {
    Range& range = ranges_.emplace_back();
    return read(part.from, range.from) && read(part.to, range.to);
  });
}

bool PartitionMatch::read_values(const PartitionSchema& schema, const ColumnType& type) {
  for (const auto& part : schema.parts) {
    for (const auto& text : part.values) {
      if (is_text(type)) {
        texts_.push_back(text);
        continue;
      }
      const auto value = ordinal_bound(type, text);
      if (!value) return false;
      numbers_.push_back(*value);
    }
  }
  std::sort(texts_.begin(), texts_.end());
  std::sort(numbers_.begin(), numbers_.end());
  return true;
}

bool PartitionMatch::takes(std::span<const Cell> key) const {
  if (!decides_) return true;
  // A null stands in no range, and in no list of values.
  if (std::any_of(key.begin(), key.end(), [](const Cell& cell) { return cell.is_null(); })) return false;
  if (!is_list_) {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
      return (range.from.empty() || compare(range.from, key) <= 0) &&
             (range.to.empty() || compare(range.to, key) > 0);
    });
  }
  if (!texts_.empty()) {
    const auto found = std::lower_bound(texts_.begin(), texts_.end(), key.front().bytes);
    return found != texts_.end() && *found == key.front().bytes;
  }
  return std::binary_search(numbers_.begin(), numbers_.end(), key.front().integer);
}

std::string hash_part_name(const std::string& table, std::size_t remainder) {
  return table + "_" + std::to_string(remainder);
}

}  // namespace planrun
