// Words of PostgreSQL's catalog in planrun's terms.
#pragma once

#include <string>

#include "data/table_schema.h"

namespace planrun {

/// Of what format_type() answers. A type that we do not know (an enum, a domain, an extension's) goes as
/// text.
ColumnType catalog_type(const std::string& formatted);

/// Of pg_attribute.attidentity.
Identity catalog_identity(const std::string& attidentity);

}  // namespace planrun
