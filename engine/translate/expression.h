// SQLite's expressions, read by its own precedence of operators ("SQL Language Expressions", its manual) and
// written in PostgreSQL's words. What is not known here is refused.
#pragma once

#include "translate/scope.h"

namespace planrun {

/// Throws Uncertain.
SqlValue read_expression(Translating& in, const Scope& scope);

/// What is read behind NAME( up to and with its closing parenthesis, and what follows an aggregate.
SqlValue read_function(Translating& in, const Scope& scope, const std::string& name);

}  // namespace planrun
