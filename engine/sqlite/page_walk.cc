#include "sqlite/page_walk.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/big_endian.h"

namespace planrun {
namespace {

constexpr std::int64_t kFileHeaderBytes = 100;  // of the file, at the beginning of page 1
constexpr std::int64_t kPendingByte = 0x40000000;
constexpr int kMostLevels = 20;
constexpr std::int64_t kLeastCell = 4;
constexpr std::int64_t kMostCellHead = 4 + 9 + 9;
constexpr std::int64_t kMostPagesAtOnce = 32;

std::uint32_t number_at(const char* bytes) {
  return from_big_endian<std::uint32_t>(bytes);
}

std::int64_t short_at(const char* bytes) {
  return from_big_endian<std::uint16_t>(bytes);
}

struct Varint {
  std::uint64_t value = 0;
  int bytes = 0;
};

// Nine bytes are there.
Varint read_varint(const char* bytes) {
  Varint varint;
  for (; varint.bytes < 8; ++varint.bytes) {
    const auto byte = static_cast<unsigned char>(bytes[varint.bytes]);
    varint.value = varint.value << 7U | (byte & 0x7fU);
    if (byte < 0x80U) {
      ++varint.bytes;
      return varint;
    }
  }
  varint.value = varint.value << 8U | static_cast<unsigned char>(bytes[8]);
  varint.bytes = 9;
  return varint;
}

/// The file's pages. Those that follow one another are read together.
class PageFile {
 public:
  PageFile(sqlite3_file& file, std::int64_t page_bytes, std::int64_t pages)
      : file_(file),
        page_bytes_(page_bytes),
        pages_(pages),
        // What a cell begins with may seem to reach over the page's end.
        bytes_(static_cast<std::size_t>(page_bytes * kMostPagesAtOnce + kMostCellHead)) {}

  std::int64_t page_bytes() const { return page_bytes_; }
  std::int64_t pages() const { return pages_; }

  /// Null: it cannot be read. Until the next call.
  const char* page(std::int64_t number) {
    if (number < first_ || number >= end_) {
      const std::int64_t count =
          std::min(number == end_ ? std::min(2 * (end_ - first_), kMostPagesAtOnce) : 1, pages_ - number + 1);
      first_ = end_ = 0;
      if (!read(number, bytes_.data(), count * page_bytes_)) return nullptr;
      first_ = number;
      end_ = number + count;
    }
    return bytes_.data() + (number - first_) * page_bytes_;
  }

  /// The page's first four bytes.
  bool first_number(std::int64_t number, std::uint32_t& value) {
    std::array<char, 4> bytes{};
    if (!read(number, bytes.data(), bytes.size())) return false;
    value = number_at(bytes.data());
    return true;
  }

 private:
  bool read(std::int64_t number, char* to, std::int64_t bytes) {
    return file_.pMethods->xRead(&file_, to, static_cast<int>(bytes), (number - 1) * page_bytes_) ==
           SQLITE_OK;
  }

  sqlite3_file& file_;
  std::int64_t page_bytes_;
  std::int64_t pages_;
  std::vector<char> bytes_;
  std::int64_t first_ = 0;  // of the pages in `bytes_`
  std::int64_t end_ = 0;
};

/// Which bytes of a page are in use.
class UsedBytes {
 public:
  /// Of a page of that many bytes.
  void clear(std::int64_t bytes) { std::fill_n(words_.begin(), bytes / kBits + 1, 0); }

  /// False: one of them was in use already.
  bool take(std::int64_t begin, std::int64_t end) {
    while (begin < end) {
      const std::int64_t bit = begin % kBits;
      const std::int64_t count = std::min(kBits - bit, end - begin);
      const std::uint64_t mask = (count == kBits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1)
                                 << bit;
      std::uint64_t& word = words_[static_cast<std::size_t>(begin / kBits)];
      if ((word & mask) != 0) return false;
      word |= mask;
      begin += count;
    }
    return true;
  }

 private:
  static constexpr std::int64_t kBits = 64;
  std::array<std::uint64_t, 65536 / kBits + 1> words_{};
};

struct Tree {
  std::int64_t root = 0;
  bool is_table = false;
};

/// Rowids of a page: above `least` where there is one, up to `most`.
struct RowidBounds {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool has_least = false;

  bool take(std::int64_t rowid) {
    if ((has_least && rowid <= least) || rowid > most) return false;
    least = rowid;
    has_least = true;
    return true;
  }
};

class PageWalk {
 public:
  PageWalk(PageFile& file, const char* header, const std::atomic<bool>& stop)
      : file_(file),
        stop_(stop),
        usable_(file.page_bytes() - static_cast<unsigned char>(header[20])),
        first_free_(number_at(header + 32)),
        free_pages_(number_at(header + 36)),
        has_page_map_(number_at(header + 52) != 0),
        met_(static_cast<std::size_t>(file.pages() + 1)) {}

  bool is_whole(const std::vector<Tree>& trees) {
    constexpr std::int64_t kLeastUsable = 480;
    if (usable_ < kLeastUsable || !take_reserved_pages() || !take_free_pages()) return false;
    for (const Tree& tree : trees) {
      leaf_level_ = 0;
      if (!walk(tree.root, tree.is_table, 1, {})) return false;
    }
    return count_met_ == file_.pages();
  }

 private:
  struct Child {
    std::int64_t page;
    RowidBounds rowids;
  };
  struct Overflow {
    std::int64_t first;
    std::int64_t pages;
  };
  struct Page {
    const char* bytes;
    std::int64_t head;   // where its header begins
    std::int64_t cells;  // where its array of cells begins
    std::int64_t count;  // of cells
    std::int64_t content;
    bool is_leaf;
    bool is_table;
  };

  bool meet(std::int64_t page) {
    if (page < 1 || page > file_.pages() || met_[static_cast<std::size_t>(page)]) return false;
    met_[static_cast<std::size_t>(page)] = true;
    ++count_met_;
    return true;
  }

  std::int64_t pending_page() const { return kPendingByte / file_.page_bytes() + 1; }

  // The page of the locks holds nothing, and those of the page map say what the trees say.
  bool take_reserved_pages() {
    if (pending_page() <= file_.pages() && !meet(pending_page())) return false;
    if (!has_page_map_) return true;
    const std::int64_t step = usable_ / 5 + 1;
    for (std::int64_t page = 2; page <= file_.pages(); page += step) {
      const std::int64_t map = page == pending_page() ? page + 1 : page;
      if (map <= file_.pages() && !meet(map)) return false;
    }
    return true;
  }

  bool take_free_pages() {
    std::int64_t left = free_pages_;
    for (std::int64_t trunk = first_free_; trunk != 0;) {
      if (!meet(trunk)) return false;
      const char* bytes = file_.page(trunk);
      if (bytes == nullptr) return false;
      const std::int64_t count = number_at(bytes + 4);
      if (count > usable_ / 4 - 2) return false;
      for (std::int64_t i = 0; i < count; ++i) {
        if (!meet(number_at(bytes + 8 + 4 * i))) return false;
      }
      left -= 1 + count;
      trunk = number_at(bytes);
    }
    return left == 0;
  }

  bool walk(std::int64_t number, bool is_table, int level, RowidBounds rowids) {
    if (stop_ || level > kMostLevels || !meet(number)) return false;
    std::vector<Child> children;
    if (!look_at(number, is_table, rowids, children)) return false;
    if (children.empty()) {
      if (leaf_level_ == 0) leaf_level_ = level;
      return leaf_level_ == level;
    }
    return std::ranges::all_of(
        children, [&](const Child& child) { return walk(child.page, is_table, level + 1, child.rowids); });
  }

  bool look_at(std::int64_t number, bool is_table, RowidBounds rowids, std::vector<Child>& children) {
    const char* bytes = file_.page(number);
    if (bytes == nullptr) return false;
    const std::int64_t head = number == 1 ? kFileHeaderBytes : 0;
    const char kind = bytes[head];
    const bool is_leaf = kind == (is_table ? 13 : 10);
    if (!is_leaf && kind != (is_table ? 5 : 2)) return false;
    const std::int64_t content = short_at(bytes + head + 5);
    const Page page{bytes,
                    head,
                    head + (is_leaf ? 8 : 12),
                    short_at(bytes + head + 3),
                    content == 0 ? 65536 : content,
                    is_leaf,
                    is_table};
    if (page.cells + 2 * page.count > page.content || page.content > usable_) return false;
    used_.clear(usable_);
    used_count_ = 0;
    overflows_.clear();
    if (!take_free_blocks(page) || !take_cells(page, rowids, children)) return false;
    const std::int64_t fragments = static_cast<unsigned char>(bytes[head + 7]);
    if (usable_ - page.content - used_count_ != fragments) return false;
    if (!is_leaf) children.push_back({number_at(bytes + head + 8), rowids});
    return std::ranges::all_of(overflows_, [this](const Overflow& overflow) { return follow(overflow); });
  }

  bool use(std::int64_t begin, std::int64_t end) {
    used_count_ += end - begin;
    return used_.take(begin, end);
  }

  // Each names the next one, which is behind it.
  bool take_free_blocks(const Page& page) {
    std::int64_t least = page.content;
    for (std::int64_t block = short_at(page.bytes + page.head + 1); block != 0;) {
      if (block < least || block + 4 > usable_) return false;
      const std::int64_t size = short_at(page.bytes + block + 2);
      if (size < 4 || block + size > usable_ || !use(block, block + size)) return false;
      least = block + size;
      block = short_at(page.bytes + block);
    }
    return true;
  }

  bool take_cells(const Page& page, RowidBounds& rowids, std::vector<Child>& children) {
    for (std::int64_t i = 0; i < page.count; ++i) {
      const std::int64_t begin = short_at(page.bytes + page.cells + 2 * i);
      if (begin < page.content || begin + kLeastCell > usable_) return false;
      std::int64_t at = begin;
      if (!page.is_leaf) {
        children.push_back({number_at(page.bytes + at), rowids});
        at += 4;
      }
      if (page.is_leaf || !page.is_table) {
        const Varint payload = read_varint(page.bytes + at);
        at += payload.bytes;
        if (page.is_table && !take_rowid(page, at, rowids)) return false;
        if (!take_payload(page, payload.value, at)) return false;
      } else {
        if (!take_rowid(page, at, rowids)) return false;
        children.back().rowids.most = rowids.least;
      }
      const std::int64_t end = std::max(at, begin + kLeastCell);
      if (end > usable_ || !use(begin, end)) return false;
    }
    return true;
  }

  static bool take_rowid(const Page& page, std::int64_t& at, RowidBounds& rowids) {
    const Varint rowid = read_varint(page.bytes + at);
    at += rowid.bytes;
    return rowids.take(static_cast<std::int64_t>(rowid.value));
  }

  // What does not fit the page goes on in pages of its own.
  bool take_payload(const Page& page, std::uint64_t bytes, std::int64_t& at) {
    if (bytes > std::numeric_limits<std::int32_t>::max()) return false;
    const auto payload = static_cast<std::int64_t>(bytes);
    const std::int64_t most = page.is_table ? usable_ - 35 : (usable_ - 12) * 64 / 255 - 23;
    if (payload <= most) {
      at += payload;
      return true;
    }
    const std::int64_t least = (usable_ - 12) * 32 / 255 - 23;
    const std::int64_t here = least + (payload - least) % (usable_ - 4);
    at += here <= most ? here : least;
    if (at + 4 > usable_) return false;
    const std::int64_t elsewhere = payload - (here <= most ? here : least);
    overflows_.push_back({number_at(page.bytes + at), (elsewhere + usable_ - 5) / (usable_ - 4)});
    at += 4;
    return true;
  }

  bool follow(const Overflow& overflow) {
    std::int64_t page = overflow.first;
    for (std::int64_t i = 0; i < overflow.pages; ++i) {
      std::uint32_t next = 0;
      if (!meet(page) || !file_.first_number(page, next)) return false;
      page = next;
    }
    return page == 0;
  }

  PageFile& file_;
  const std::atomic<bool>& stop_;
  std::int64_t usable_;
  std::int64_t first_free_;
  std::int64_t free_pages_;
  bool has_page_map_;
  std::vector<bool> met_;
  std::int64_t count_met_ = 0;
  int leaf_level_ = 0;  // of the tree that is walked; 0: no leaf of it was met yet
  UsedBytes used_;      // of the page that is looked at
  std::int64_t used_count_ = 0;
  std::vector<Overflow> overflows_;
};

// Nobody writes to the file while it lives.
class ReadTransaction {
 public:
  explicit ReadTransaction(SqliteConnection& connection)
      : connection_(connection), is_own_(sqlite3_get_autocommit(connection.get()) != 0) {
    if (is_own_) connection_.execute("begin");
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction() {
    if (is_own_) sqlite3_exec(connection_.get(), "rollback", nullptr, nullptr, nullptr);
  }

 private:
  SqliteConnection& connection_;
  bool is_own_;
};

}  // namespace

bool has_whole_pages(SqliteConnection& connection, const std::atomic<bool>& stop) {
  const ReadTransaction transaction(connection);
  std::vector<Tree> trees{{1, true}};
  {
    Statement roots(connection, "select rootpage, type = 'table' from sqlite_schema where rootpage > 0");
    while (roots.step()) trees.push_back({roots.integer(0), roots.integer(1) != 0});
    Statement without_rowid(connection, "select 1 from pragma_table_list where schema = 'main' and wr");
    if (without_rowid.step()) return false;
  }
  Statement facts(connection,
                  "select journal_mode, page_size, page_count from pragma_journal_mode, pragma_page_size, "
                  "pragma_page_count");
  sqlite3_file* file = nullptr;
  if (!facts.step() || facts.text(0) == "wal" || facts.integer(2) < 1 ||
      sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr)
    return false;
  PageFile pages(*file, facts.integer(1), facts.integer(2));
  const char* first = pages.page(1);
  return first != nullptr && PageWalk(pages, first, stop).is_whole(trees);
}

}  // namespace planrun
