#pragma once
// The variables of a Postman collection and its environment, and what becomes of `{{name}}` in a text.

#include "base/json.h"
#include "diagnose/capture.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::diagnose::postman {

inline constexpr int kPasses = 19;                                  // as Postman: values that name variables, and cycles
inline constexpr std::size_t kMaxResolved = 96 * 1024;              // of one text
inline constexpr std::size_t kMaxResolvedInAll = 16 * 1024 * 1024;  // beyond it texts stay as they are
inline constexpr std::size_t kMaxRemarks = 1000;

// Where a text stands, for the remarks about it.
struct Place {
  std::size_t exchange = 0;
  std::string part;  // "request.header", "request.url", "request.body"
  std::string name;
};

class Variables {
 public:
  // Values of an environment win over the collection's. To be called at most once.
  void set_environment(const JsonArray& values);
  // A collection's or folder's `variable` list: inner scopes win over outer ones. Returns what leave() wants.
  std::size_t enter(const JsonArray* variables);
  void leave(std::size_t mark);
  // Names that a script of the collection sets: defined when it runs, with a value that is not known here.
  void note_scripts(const JsonObject& item);

  // `text` with the variables replaced that are defined. What remains is remarked upon.
  [[nodiscard]] std::string resolve(std::string_view text, const Place& place);
  void remark(SourceRemark::Kind kind, const Place& place, std::string text);
  // For texts that are looked at and not sent: remarks made since `count` was remarks() are dropped.
  [[nodiscard]] std::size_t remarks() const { return remarks_.size(); }
  void drop_remarks(std::size_t count) { remarks_.resize(std::min(count, remarks_.size())); }
  [[nodiscard]] std::vector<SourceRemark> take_remarks() { return std::move(remarks_); }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] std::string pass(std::string_view text, bool& changed) const;
  void remark_unresolved(std::string_view text, const Place& place);
  [[nodiscard]] std::string near_name(std::string_view name) const;

  std::map<std::string, std::string, std::less<>> environment_;
  bool has_environment_ = false;
  std::map<std::string, std::vector<std::string>, std::less<>> defined_;  // values by name, those of inner scopes last
  std::vector<std::string> scopes_;                                       // names in the order in which they were defined
  std::set<std::string, std::less<>> set_by_scripts_;
  std::size_t resolved_ = 0;
  std::vector<SourceRemark> remarks_;
};

}  // namespace quivive::diagnose::postman
