#include "gateway/trace_book.h"

namespace quivive::gateway {
namespace {

void keep_challenges(std::string& out, std::string_view response) {
  constexpr std::string_view kName = "WWW-Authenticate: ";
  out.clear();
  for (std::size_t begin = 0, end; (end = response.find('\r', begin)) != std::string_view::npos && end != begin; begin = end + 2) {
    const std::string_view line = response.substr(begin, end - begin);
    if (line.starts_with(kName)) out.append(line.substr(kName.size())).append(1, '\n');
  }
}

}  // namespace

void TraceBook::note(const AccessRecord& record, const auth::Verdict& verdict, std::string_view host, std::string_view response,
                     std::uint64_t routed_by) {
  if (entries_.size() < kSize) {
    entries_.emplace_back();
    next_ = entries_.size() - 1;
  }
  TraceEntry& entry = entries_[next_];
  next_ = (next_ + 1) % kSize;
  entry.record = record;
  entry.host = host;
  entry.detail = verdict.detail;
  entry.checks = verdict.checks;
  keep_challenges(entry.sent, response);
  entry.routed_by = routed_by;
}

const TraceEntry* TraceBook::find(std::string_view id) const {
  for (const TraceEntry* entry : recent(kSize)) {
    if (entry->record.id.view() == id) return entry;
  }
  return nullptr;
}

std::vector<const TraceEntry*> TraceBook::recent(std::size_t limit) const {
  std::vector<const TraceEntry*> out;
  for (std::size_t i = 0; i < std::min(limit, entries_.size()); ++i) {
    out.push_back(&entries_[(next_ + entries_.size() - 1 - i) % entries_.size()]);
  }
  return out;
}

}  // namespace quivive::gateway
