#include "draft/column_choice.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "draft/column_name.h"
#include "plan/amount_name.h"
#include "resolve/resolve.h"
#include "sql/definition.h"
#include "sql/quote.h"

namespace planrun {
namespace {

/// Integers beyond it are not all doubles.
constexpr std::int64_t kExactDouble = std::int64_t{1} << 53;
/// Amounts have cents or a fraction of one; computed figures have more.
constexpr int kAmountDigits = 4;
/// So many texts of one kind are no accident, whatever the column is called.
constexpr std::int64_t kEnoughTexts = 10;

bool is_time_kind(TypeKind kind) {
  return kind == TypeKind::date || kind == TypeKind::time || kind == TypeKind::timestamp ||
         kind == TypeKind::timestamptz;
}

std::string unit_in_words(const std::string& conversion) {
  return conversion == "unix_millis"   ? "milliseconds"
         : conversion == "unix_micros" ? "microseconds"
                                       : "seconds";
}

int digits_of(std::int64_t value) {
  const std::string text = std::to_string(value);
  return static_cast<int>(text.size()) - (value < 0 ? 1 : 0);
}

class Chooser {
 public:
  Chooser(const ColumnCensus& column, const ColumnFacts& facts)
      : column_(column),
        facts_(facts),
        name_(column.column.name),
        declared_(inherited_type(column.column.declared)),
        integers_(column.integers.all.count),
        reals_(column.reals.all.count),
        texts_(column.texts.count),
        blobs_(column.blobs.all.count) {}

  ColumnChoice choose() {
    if (facts_.is_identity) return {{"bigint"}};
    if (column_.values() == 0) return of_nothing();
    if (texts_ == 0 && blobs_ == 0) return reals_ == 0 ? of_integers() : of_reals();
    if (integers_ + reals_ == 0 && blobs_ == 0) return of_texts();
    if (integers_ + reals_ + texts_ == 0) return {{"bytea"}};
    return of_several();
  }

 private:
  ColumnChoice of_nothing() const {
    const bool key_boolean = facts_.in_key && declared_.kind == TypeKind::boolean;
    // What an index can be made of.
    if (!facts_.as_it_is && declared_.kind == TypeKind::json) return {{"jsonb"}};
    if (!facts_.as_it_is && !key_boolean) return {{declared_.sql}};
    switch (declared_.kind) {
      case TypeKind::boolean:
        return {{"bigint"}};
      case TypeKind::bigint:
      case TypeKind::double_precision:
      case TypeKind::numeric:
      case TypeKind::varchar:
      case TypeKind::bytea:
        return {{declared_.sql}};
      default:
        return {{"text"}};
    }
  }

  bool is_boolean_like() const {
    const std::string word = to_lower_ascii(column_.column.declared);
    return declared_.kind == TypeKind::boolean || word == "tinyint(1)" || is_boolean_name(name_);
  }

  // numeric and decimal by their names; of other words SQLite makes numeric what says nothing of decimals.
  bool is_declared_decimal() const {
    const std::string word = to_lower_ascii(trim(column_.column.declared));
    return word.starts_with("numeric") || word.starts_with("dec") || word == "money" || word == "currency";
  }

  ColumnChoice of_integers() const {
    const IntegerCensus& found = column_.integers;
    const bool only_bits = found.zeros + found.ones == integers_;
    if (!facts_.as_it_is && !facts_.in_key) {
      if (only_bits && is_boolean_like()) return {{"boolean"}};
      if (const std::string unit = unix_unit(found.unix_seconds, found.unix_millis, found.unix_micros);
          !unit.empty())
        return of_unix(unit);
    }
    if (is_declared_decimal()) return decimal();
    ColumnChoice choice{{"bigint"}};
    if (declared_.kind == TypeKind::boolean && !only_bits) {
      choice.remark = "declared " + column_.column.declared + ", and holds integers from " +
                      std::to_string(found.range.least) + " to " + std::to_string(found.range.most);
      choice.others = {{"boolean", {"boolean"}}};
    } else if (is_time_kind(declared_.kind)) {
      choice.remark = "declared " + column_.column.declared + ", and holds integers from " +
                      std::to_string(found.range.least) + " to " + std::to_string(found.range.most) +
                      ", which are no times that can be told";
    }
    return choice;
  }

  std::string unix_unit(std::int64_t seconds, std::int64_t millis, std::int64_t micros) const {
    const std::int64_t all = integers_ + reals_;
    if (seconds == all) return "unix_seconds";
    if (millis == all) return "unix_millis";
    return micros == all ? "unix_micros" : "";
  }

  ColumnChoice of_unix(const std::string& unit) const {
    const Way time{"timestamptz", {unit}};
    const bool declared = is_time_kind(declared_.kind);
    if (declared && is_time_name(name_)) return {time};
    if (!declared && !is_time_name(name_)) return {{"bigint"}};
    return {{"bigint"}, "every value may be " + unit_in_words(unit) + " since 1970", {time}};
  }

  /// numeric, as narrow as it was declared where all values keep to that.
  ColumnChoice decimal() const {
    const IntegerCensus& whole = column_.integers;
    int before = column_.reals.integer_digits;
    if (integers_ > 0) before = std::max({before, digits_of(whole.range.least), digits_of(whole.range.most)});
    const bool limited = declared_.kind == TypeKind::numeric && declared_.precision >= 0;
    if (!limited) return {{"numeric"}};
    const bool fits =
        before <= declared_.precision - declared_.scale && column_.reals.fraction_digits <= declared_.scale;
    if (fits) return {{declared_.sql}};
    return {{"numeric"},
            "declared " + column_.column.declared + ", and holds up to " + std::to_string(before) +
                " digits before the point and " + std::to_string(column_.reals.fraction_digits) +
                " behind it",
            column_.reals.fraction_digits > declared_.scale && before <= declared_.precision - declared_.scale
                ? std::vector<Way>{{declared_.sql, {"round"}}}
                : std::vector<Way>{}};
  }

  bool doubles_hold_the_integers() const {
    return column_.integers.range.least >= -kExactDouble && column_.integers.range.most <= kExactDouble;
  }
  /// What numeric would not keep.
  bool has_odd_reals() const { return column_.reals.infinite.count + column_.reals.negative_zero.count > 0; }

  ColumnChoice of_reals() const {
    const RealCensus& found = column_.reals;
    const bool amount = is_amount_name(name_) && found.fraction_digits <= kAmountDigits;
    if (!has_odd_reals() && (is_declared_decimal() || amount)) return decimal();
    if (doubles_hold_the_integers()) {
      ColumnChoice choice{{"double precision"}};
      if (integers_ > 0) choice.remark = held();
      if (found.julian_days == reals_ && integers_ == 0 &&
          (is_time_name(name_) || is_time_kind(declared_.kind))) {
        choice.remark = "every value may be a Julian day; a time keeps milliseconds of it";
        choice.others = {{"timestamp", {"julian_day"}}};
      } else if (integers_ == 0 && is_time_name(name_) &&
                 !unix_unit(found.unix_seconds, found.unix_millis, -1).empty()) {
        const std::string unit = unix_unit(found.unix_seconds, found.unix_millis, -1);
        choice.remark =
            "every value may be " + unit_in_words(unit) + " since 1970; a time keeps microseconds";
        choice.others = {{"timestamptz", {unit}}};
      }
      return choice;
    }
    if (has_odd_reals()) return everything(held());
    return {{"numeric"}, held() + ", and not all of these integers are doubles"};
  }

  ColumnChoice of_texts() const {
    const TextCensus& found = column_.texts;
    if (found.nul.count + found.invalid_utf8.count > 0) return of_bytes();
    ColumnChoice text = plain_text();
    if (facts_.as_it_is) return text;
    const std::int64_t empty = found.of(TextKind::empty).count;
    if (empty == texts_) return text;
    bool certain = true;
    Way way = kind_of_texts(texts_ - empty, certain);
    if (way.type.empty()) {
      if (is_time_kind(declared_.kind) || declared_.kind == TypeKind::jsonb ||
          declared_.kind == TypeKind::json || declared_.kind == TypeKind::boolean)
        text.remark = "declared " + column_.column.declared + ", and holds " + held();
      return text;
    }
    if (certain && empty == 0) return {way};
    if (empty > 0) way.conversions.insert(way.conversions.begin(), "empty_as_null");
    text.remark = held();
    if (found.refused_by_jsonb.count > 0)
      text.remark +=
          "; jsonb refuses " + with_thousands(found.refused_by_jsonb.count) + samples(found.refused_by_jsonb);
    text.others = {way};
    return text;
  }

  ColumnChoice plain_text() const {
    if (declared_.kind != TypeKind::varchar || declared_.length == 0) return {{"text"}};
    if (column_.texts.characters.most <= declared_.length) return {{declared_.sql}};
    return {{"text"},
            "declared " + column_.column.declared + ", and its longest text has " +
                std::to_string(column_.texts.characters.most) + " characters"};
  }

  ColumnChoice of_bytes() const {
    const TextCensus& found = column_.texts;
    ColumnChoice choice{{"bytea", {"bytes"}}};
    Way other{"text"};
    const auto say = [&](const RowTally& rows, const char* one, const char* several, const char* conversion) {
      if (rows.count == 0) return;
      choice.remark += (choice.remark.empty() ? "" : ", and ") + with_thousands(rows.count) +
                       (rows.count == 1 ? one : several) + samples(rows);
      other.conversions.emplace_back(conversion);
    };
    say(found.nul, " text has a NUL byte", " texts have a NUL byte", "replace_nul");
    say(found.invalid_utf8, " text is not UTF-8", " texts are not UTF-8", "replace_invalid_utf8");
    choice.remark += "; PostgreSQL's text holds neither, bytea keeps the bytes";
    choice.others = {other};
    return choice;
  }

  /// The type that all texts but '' have, if there is one. `certain`: that is no guess.
  Way kind_of_texts(std::int64_t count, bool& certain) const {
    const TextCensus& found = column_.texts;
    const auto n = [&](TextKind kind) { return found.of(kind).count; };
    const bool time_like = is_time_kind(declared_.kind) || is_time_name(name_);
    const bool enough = count >= kEnoughTexts;
    const std::int64_t dates = n(TextKind::date);
    const std::int64_t without_zone = dates + n(TextKind::timestamp);
    const std::int64_t with_zone = n(TextKind::timestamptz);
    if (n(TextKind::uuid) == count) {
      certain = !found.has_upper && (enough || declared_.kind == TypeKind::uuid || !facts_.in_key);
      return {"uuid"};
    }
    if (n(TextKind::json) == count) return json_way(certain);
    if (dates == count) {
      certain = time_like || enough;
      return {declared_.kind == TypeKind::timestamp ? "timestamp" : "date"};
    }
    if (without_zone == count || with_zone == count) {
      certain = time_like || enough;
      return {with_zone == count ? "timestamptz" : "timestamp"};
    }
    if (without_zone + with_zone == count) {
      certain = false;
      return {"timestamptz", {"utc"}};
    }
    if (n(TextKind::time) == count) {
      certain = time_like;
      return {"time"};
    }
    if (n(TextKind::boolean) == count && is_boolean_like())
      return found.plain_booleans == count ? Way{"boolean"} : Way{"boolean", {"boolean"}};
    if (n(TextKind::integer) + n(TextKind::decimal) == count) return number_way(certain);
    return {};
  }

  Way json_way(bool& certain) const {
    if (column_.texts.refused_by_jsonb.count == 0) return {"jsonb"};
    certain = false;
    return {"jsonb", {"json_last_key"}};
  }

  Way number_way(bool& certain) const {
    const bool amount = is_amount_name(name_) || is_declared_decimal();
    const bool beyond = column_.texts.beyond_bigint.count > 0 && declared_.kind == TypeKind::bigint;
    if (column_.texts.of(TextKind::decimal).count == 0 && !amount && !beyond) return {};
    certain = amount || beyond;
    return {"numeric"};
  }

  ColumnChoice of_several() const {
    const TextCensus& found = column_.texts;
    const std::string holds = held();
    const bool readable = found.nul.count + found.invalid_utf8.count == 0;
    if (blobs_ > 0 && integers_ + reals_ == 0)
      return {{"bytea", {"bytes"}}, holds + "; bytea keeps the bytes of all"};
    if (blobs_ > 0 || !readable || column_.reals.infinite.count > 0) return everything(holds);
    if (!facts_.as_it_is && !facts_.in_key && reals_ == 0 && is_boolean_like() &&
        found.of(TextKind::boolean).count == texts_ &&
        column_.integers.zeros + column_.integers.ones == integers_) {
      return {found.plain_booleans == texts_ ? Way{"boolean"} : Way{"boolean", {"boolean"}}, holds};
    }
    const std::int64_t empty = found.of(TextKind::empty).count;
    const std::int64_t whole = found.of(TextKind::integer).count - found.beyond_bigint.count;
    const std::int64_t numbers = found.of(TextKind::integer).count + found.of(TextKind::decimal).count;
    const Way number{reals_ == 0 && whole + empty == texts_ ? "bigint" : "numeric"};
    ColumnChoice choice{{"text", {"text"}}, holds + "; text keeps all of them, numbers as they print"};
    if (numbers + empty < texts_ || has_odd_reals()) return choice;
    if (empty == 0 && declared_.kind != TypeKind::text) return {number, holds};
    choice.others = {empty == 0 ? number : Way{number.type, {"empty_as_null"}}};
    return choice;
  }

  /// Bytes hold whatever there is; a real is written with the 17 digits that tell it from all others.
  ColumnChoice everything(const std::string& holds) const {
    const std::string name = quote_where_needed(name_);
    const std::string bytes = "cast(" + name + " as blob)";
    const std::string expr = reals_ == 0
                                 ? bytes
                                 : "case typeof(" + name + ") when 'real' then cast(printf('%!.17g', " +
                                       name + ") as blob) else " + bytes + " end";
    return {{"bytea", {}, expr}, holds + "; only bytea keeps all of them, numbers as they print"};
  }

  std::string held() const { return held_in_words(column_, facts_.row_key); }
  std::string samples(const RowTally& rows) const {
    const std::string words = samples_in_words(rows, facts_.row_key);
    return words.empty() ? "" : " " + words;
  }

  const ColumnCensus& column_;
  const ColumnFacts& facts_;
  const std::string& name_;
  ColumnType declared_;
  std::int64_t integers_;
  std::int64_t reals_;
  std::int64_t texts_;
  std::int64_t blobs_;
};

struct KindName {
  TextKind kind;
  const char* one;
  const char* several;
};
constexpr std::array kKindNames = {
    KindName{TextKind::empty, "''", "''"},
    KindName{TextKind::integer, "integer as text", "integers as text"},
    KindName{TextKind::decimal, "decimal as text", "decimals as text"},
    KindName{TextKind::date, "date", "dates"},
    KindName{TextKind::timestamp, "timestamp", "timestamps"},
    KindName{TextKind::timestamptz, "timestamp with zone", "timestamps with zone"},
    KindName{TextKind::time, "time of day", "times of day"},
    KindName{TextKind::json, "JSON text", "JSON texts"},
    KindName{TextKind::uuid, "UUID", "UUIDs"},
    KindName{TextKind::boolean, "boolean word", "boolean words"},
    KindName{TextKind::other, "other text", "other texts"},
};

}  // namespace

TypeKind kind_of(const Way& way) {
  const auto type = parse_type(way.type, {});
  return type ? type.value->kind : TypeKind::other;
}

ColumnChoice choose_column(const ColumnCensus& column, const ColumnFacts& facts) {
  return Chooser(column, facts).choose();
}

std::string samples_in_words(const RowTally& rows, std::string_view row_key) {
  if (rows.samples.empty()) return {};
  std::vector<std::string> keys;
  for (const Key& key : rows.samples) keys.push_back(to_text(key));
  const std::string name = row_key.empty() ? (keys.size() == 1 ? "row" : "rows") : std::string(row_key);
  const bool more = rows.count > static_cast<std::int64_t>(keys.size());
  return "(" + name + " " + join(keys, ", ") + (more ? ", ..." : "") + ")";
}

std::string held_in_words(const ColumnCensus& column, std::string_view row_key) {
  struct Held {
    const RowTally* rows;
    const char* one;
    const char* several;
  };
  std::vector<Held> held = {{&column.integers.all, "integer", "integers"},
                            {&column.reals.all, "real", "reals"},
                            {&column.blobs.all, "blob", "blobs"}};
  for (const auto& kind : kKindNames) held.push_back({&column.texts.of(kind.kind), kind.one, kind.several});
  std::erase_if(held, [](const Held& one) { return one.rows->count == 0; });
  std::ranges::stable_sort(held, std::ranges::greater(), [](const Held& one) { return one.rows->count; });
  std::vector<std::string> words;
  for (const auto& one : held) {
    words.push_back(with_thousands(one.rows->count) + " " + (one.rows->count == 1 ? one.one : one.several));
    const std::string samples = words.size() == 1 ? "" : samples_in_words(*one.rows, row_key);
    if (!samples.empty()) words.back() += " " + samples;
  }
  return join(words, ", ");
}

}  // namespace planrun
