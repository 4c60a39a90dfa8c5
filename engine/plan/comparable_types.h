// Which types PostgreSQL compares, and by which index method: what its foreign keys, keys and indexes rest
// on.
#pragma once

#include <string>

#include "data/column_type.h"

namespace planrun {

/// Whether a column of type `from` may be a foreign key to one of type `to`: an equality operator of the
/// key's index takes both, where the referring value may become the other type by an implicit cast and never
/// the other way round (ATAddForeignKeyConstraint). True for types that we do not know.
bool may_refer_to(const ColumnType& from, const ColumnType& to);

/// Whether an index of this method ("btree", "hash") has an operator class for the type. True for other
/// methods and for types that we do not know: extensions bring classes of their own.
bool has_operator_class(const ColumnType& type, const std::string& method);

}  // namespace planrun
