// A source that is many files: the rows of a table are those of each file, one file after the other.
#pragma once

#include <memory>

#include "sqlite/tenant_files.h"

namespace planrun {

/// Keeps a few files open, those that were read last. `shown`: the source's url, for errors.
std::unique_ptr<Source> make_tenant_source(std::shared_ptr<TenantFiles> files, std::string shown);

}  // namespace planrun
