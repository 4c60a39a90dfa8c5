// A PostgreSQL schema's parts beside its tables, columns and rows, for a source that is to arrive whole.
#pragma once

#include <span>
#include <vector>

#include "postgres/source_catalog.h"
#include "postgres/source_objects.h"

namespace planrun {

/// Those of partitions are their parent's. In the order of the tables, then views, triggers and all others.
std::vector<SchemaPart> schema_parts_of(std::span<const PostgresTable> tables, const SourceObjects& objects);

}  // namespace planrun
