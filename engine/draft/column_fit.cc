#include "draft/column_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "draft/column_choice.h"

namespace planrun {
namespace {

class Fitter {
 public:
  Fitter(const ColumnCensus& column, const ColumnSchema& into, std::string_view row_key)
      : column_(column),
        texts_(column.texts),
        into_(into),
        row_key_(row_key),
        integers_(column.integers.all.count),
        reals_(column.reals.all.count),
        blobs_(column.blobs.all.count),
        empty_(column.texts.of(TextKind::empty).count) {}

  ColumnFit fit() {
    if (column_.nulls.count > 0 && into_.not_null && into_.default_sql.empty())
      refuse(with_thousands(column_.nulls.count) + " of its rows hold none, and the target wants a value");
    if (column_.values() > 0) fit_values();
    return std::move(fit_);
  }

 private:
  std::int64_t count(TextKind kind) const { return texts_.of(kind).count; }
  std::int64_t filled_texts() const { return texts_.count - empty_; }

  void say(const std::string& text) { fit_.remark += (fit_.remark.empty() ? "" : "; ") + text; }
  void refuse(const std::string& text) {
    fit_.is_refused = true;
    say(text);
  }
  /// A person may say so: it does not keep all that there is.
  void offer(const std::string& conversion, const std::string& text) {
    fit_.choice = fit_.conversions;
    fit_.choice.push_back(conversion);
    refuse(text);
  }
  void refuse_as() {
    refuse("holds " + held_in_words(column_, row_key_) + ", and the target takes " + into_.type.sql);
  }

  void fit_values() {
    switch (into_.type.kind) {
      case TypeKind::boolean:
        return fit_boolean();
      case TypeKind::smallint:
      case TypeKind::integer:
      case TypeKind::bigint:
        return fit_integer();
      case TypeKind::real:
      case TypeKind::double_precision:
      case TypeKind::numeric:
        return fit_number();
      case TypeKind::date:
      case TypeKind::timestamp:
      case TypeKind::timestamptz:
        return fit_moment();
      case TypeKind::uuid:
        return fit_texts_of(TextKind::uuid);
      case TypeKind::json:
      case TypeKind::jsonb:
        return fit_json();
      case TypeKind::bytea:
        if (texts_.count > 0) fit_.conversions = {"bytes"};
        if (integers_ + reals_ > 0) refuse_as();
        return;
      case TypeKind::text:
      case TypeKind::varchar:
      case TypeKind::char_:
        return fit_text();
      default:
        say("the target takes " + into_.type.sql + ": the run asks it of every value");
    }
  }

  // '' is no value of such a type, and stands for none where the target may hold none.
  void take_empty() {
    if (empty_ == 0) return;
    if (into_.not_null) return refuse_as();
    fit_.conversions.insert(fit_.conversions.begin(), "empty_as_null");
    say(with_thousands(empty_) + " '' become null");
  }

  void fit_boolean() {
    take_empty();
    if (reals_ + blobs_ > 0 || count(TextKind::boolean) + count(TextKind::integer) < filled_texts())
      return refuse_as();
    const bool words = texts_.plain_booleans < filled_texts();
    const bool others = column_.integers.zeros + column_.integers.ones < integers_;
    if (others) return offer("boolean", "holds integers other than 0 and 1; `boolean` makes them true");
    if (words) fit_.conversions.emplace_back("boolean");
  }

  void fit_integer() {
    take_empty();
    if (reals_ + blobs_ > 0 || count(TextKind::integer) < filled_texts() || texts_.beyond_bigint.count > 0)
      return refuse_as();
    for (const std::int64_t value : {column_.integers.range.least, column_.integers.range.most,
                                     texts_.integers.least, texts_.integers.most}) {
      if (holds(value)) continue;
      return refuse("holds " + std::to_string(value) + ", which is beyond " + into_.type.sql);
    }
  }

  bool holds(std::int64_t value) const {
    if (into_.type.kind == TypeKind::bigint) return true;
    if (into_.type.kind == TypeKind::integer)
      return value >= std::numeric_limits<std::int32_t>::min() &&
             value <= std::numeric_limits<std::int32_t>::max();
    return value >= std::numeric_limits<std::int16_t>::min() &&
           value <= std::numeric_limits<std::int16_t>::max();
  }

  void fit_number() {
    take_empty();
    if (blobs_ > 0 || count(TextKind::integer) + count(TextKind::decimal) < filled_texts())
      return refuse_as();
    const ColumnType& type = into_.type;
    if (type.kind != TypeKind::numeric || type.precision < 0) return;
    const int behind = std::max(column_.reals.fraction_digits, texts_.fraction_digits);
    const double most = std::max({std::abs(static_cast<double>(column_.integers.range.least)),
                                  std::abs(static_cast<double>(column_.integers.range.most)),
                                  std::abs(column_.reals.range.least), std::abs(column_.reals.range.most)});
    const bool wide = most >= std::pow(10.0, type.precision - type.scale) ||
                      texts_.integer_digits > type.precision - type.scale;
    if (wide || column_.reals.infinite.count > 0)
      return refuse("has more digits before the point than " + type.sql + " holds");
    if (behind <= type.scale) return;
    offer("round", "has up to " + std::to_string(behind) + " decimals, and " + type.sql + " keeps " +
                       std::to_string(type.scale));
  }

  void fit_moment() {
    take_empty();
    const bool zoned = into_.type.kind == TypeKind::timestamptz;
    if (integers_ + reals_ > 0) return fit_number_as_moment();
    if (blobs_ > 0) return refuse_as();
    const std::int64_t dates = count(TextKind::date);
    const std::int64_t plain = count(TextKind::timestamp);
    const std::int64_t with_zone = count(TextKind::timestamptz);
    if (into_.type.kind == TypeKind::date ? dates < filled_texts()
                                          : dates + plain + with_zone < filled_texts())
      return refuse_as();
    if (into_.type.kind == TypeKind::date) return;
    if (zoned ? dates + plain == 0 : with_zone == 0) return;
    fit_.conversions.emplace_back("utc");
    say(zoned ? "texts without a zone are taken as UTC" : "texts with a zone are converted to UTC");
  }

  void fit_number_as_moment() {
    const std::int64_t all = integers_ + reals_;
    if (filled_texts() + blobs_ > 0) return refuse_as();
    const auto take = [&](const char* conversion, std::int64_t plausible) {
      if (plausible != all) return false;
      fit_.conversions.emplace_back(conversion);
      return true;
    };
    const IntegerCensus& i = column_.integers;
    const RealCensus& r = column_.reals;
    if (take("unix_seconds", i.unix_seconds + r.unix_seconds) ||
        take("unix_millis", i.unix_millis + r.unix_millis) || take("unix_micros", i.unix_micros) ||
        (integers_ == 0 && take("julian_day", r.julian_days)))
      return;
    refuse_as();
  }

  void fit_texts_of(TextKind kind) {
    take_empty();
    if (integers_ + reals_ + blobs_ > 0 || count(kind) < filled_texts()) refuse_as();
  }

  void fit_json() {
    fit_texts_of(TextKind::json);
    if (into_.type.kind != TypeKind::jsonb || texts_.refused_by_jsonb.count == 0) return;
    offer("json_last_key", "jsonb refuses " + with_thousands(texts_.refused_by_jsonb.count) +
                               " of them as they are " + samples_in_words(texts_.refused_by_jsonb, row_key_) +
                               "; of a key that stands twice `json_last_key` keeps the last");
  }

  void fit_text() {
    if (blobs_ > 0 || column_.reals.infinite.count > 0) return refuse_as();
    if (reals_ > 0) fit_.conversions.emplace_back("text");
    const ColumnType& type = into_.type;
    if (texts_.nul.count + texts_.invalid_utf8.count > 0)
      refuse("holds " + with_thousands(texts_.nul.count + texts_.invalid_utf8.count) +
             " texts with NUL bytes or that are not UTF-8; using replace_nul or replace_invalid_utf8 takes "
             "them");
    if (type.length > 0 && texts_.characters.most > type.length)
      refuse("has texts of up to " + std::to_string(texts_.characters.most) +
             " characters, and the target takes " + type.sql);
  }

  const ColumnCensus& column_;
  const TextCensus& texts_;
  const ColumnSchema& into_;
  std::string_view row_key_;
  std::int64_t integers_;
  std::int64_t reals_;
  std::int64_t blobs_;
  std::int64_t empty_;
  ColumnFit fit_;
};

}  // namespace

ColumnFit fit_column(const ColumnCensus& column, const ColumnSchema& into, std::string_view row_key) {
  return Fitter(column, into, row_key).fit();
}

}  // namespace planrun
