#pragma once
// TraceBook: the last rejections of one worker, sent or observed, for `explain`. A ring of slots that are reused, so that noting one
// allocates little. Holds no credential: a Verdict has none.

#include "auth/verdict.h"
#include "gateway/access_record.h"

#include <array>
#include <string>
#include <vector>

namespace quivive::gateway {

struct TraceEntry {
  AccessRecord record;
  std::string host;
  std::string detail;
  std::vector<auth::Check> checks;
  std::string sent;  // the challenge lines that the client got
  std::uint64_t routed_by = 0;
};

class TraceBook {
 public:
  static constexpr std::size_t kSize = 512;

  // `response` is the head that was sent; its WWW-Authenticate lines are kept. `routed_by`: the generation of the Deployment whose routes were
  // compared with the request; 0 where it was refused before that.
  void note(const AccessRecord& record, const auth::Verdict& verdict, std::string_view host, std::string_view response, std::uint64_t routed_by);
  // The newest entry of that id, or nullptr.
  [[nodiscard]] const TraceEntry* find(std::string_view id) const;
  // The newest first.
  [[nodiscard]] std::vector<const TraceEntry*> recent(std::size_t limit) const;

 private:
  std::vector<TraceEntry> entries_;  // grows to kSize, then reused in turn
  std::size_t next_ = 0;
};

}  // namespace quivive::gateway
