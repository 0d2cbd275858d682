#pragma once
// The events of a HAR's JSON, gathered into one entry at a time.

#include "base/json_stream.h"
#include "diagnose/readers/har_entry.h"
#include "diagnose/readers/har_members.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::diagnose::har {

inline constexpr std::size_t kMaxFieldBytes = 64 * 1024;  // of each text but bodies; the rest is cut off
inline constexpr std::size_t kMaxEntryText = 256 * 1024;  // of all texts of an entry but bodies; further ones are left out
inline constexpr std::size_t kMaxListed = 1024;           // fields, cookies, parameters; further ones are left out

class Events final : public JsonEvents {
 public:
  // `on_entry` gets each entry with its number, from 0.
  using OnEntry = std::function<void(Entry&&, std::size_t)>;
  explicit Events(OnEntry on_entry) : on_entry_(std::move(on_entry)) {}

  [[nodiscard]] std::string tool() const;
  [[nodiscard]] const std::string& creator() const { return creator_; }
  [[nodiscard]] bool saw_log() const { return saw_log_; }
  [[nodiscard]] bool saw_entries() const { return saw_entries_; }
  // Where in the document the events are: "entry 17", "log"; for errors.
  [[nodiscard]] std::string place() const;
  // Why an event was refused.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  bool on_object_begin() override { return begin(true); }
  bool on_object_end() override { return end(); }
  bool on_array_begin() override { return begin(false); }
  bool on_array_end() override { return end(); }
  bool on_key(std::string_view name) override;
  bool on_string_part(std::string_view part) override;
  bool on_string_end() override;
  bool on_number(double value) override;
  bool on_bool(bool value) override;
  bool on_null() override;

 private:
  bool begin(bool object);
  bool end();
  bool scalar(std::string_view what);
  bool complain(Node expected, std::string_view what);
  void open(Node node);
  void close(Node node);
  void assign(std::string&& text, bool cut);
  [[nodiscard]] std::string* slot(Leaf leaf);
  [[nodiscard]] bool in_entry() const { return in_entry_; }
  [[nodiscard]] std::size_t limit() const;

  OnEntry on_entry_;
  std::vector<Node> open_;      // objects and arrays that are read, outermost first
  std::size_t skipping_ = 0;    // depth within a value that is not
  Node next_ = Node::Document;  // what the next value is
  Leaf leaf_ = Leaf::None;
  std::string text_;  // of the string being read
  bool text_cut_ = false;

  std::size_t entries_ = 0;
  std::size_t entry_text_ = 0;  // bytes of the entry's texts so far, bodies excepted
  bool in_entry_ = false;
  Entry entry_;
  HeaderField pair_;
  Cookie cookie_;

  std::string creator_, creator_version_, complaint_;
  bool saw_log_ = false, saw_entries_ = false;
};

}  // namespace quivive::diagnose::har
