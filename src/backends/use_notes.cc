#include "backends/use_notes.h"

namespace quivive::backends {

void UseNotes::add(std::string_view name, Instant at) {
  const std::scoped_lock lock(mutex_);
  if (const auto note = notes_.find(name); note != notes_.end() && at <= note->second.at) return;
  keep(name, at);
}

std::optional<Instant> UseNotes::find(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto note = notes_.find(name);
  return note == notes_.end() ? std::nullopt : std::optional(note->second.at);
}

std::vector<UseNotes::Note> UseNotes::take() {
  std::vector<Note> out;
  const std::scoped_lock lock(mutex_);
  if (unwritten_ == 0) return out;
  out.reserve(unwritten_);
  for (auto& [name, note] : notes_) {
    if (!note.written) out.push_back({name, note.at});
    note.written = true;
  }
  unwritten_ = 0;
  return out;
}

void UseNotes::put_back(const std::vector<Note>& notes) {
  const std::scoped_lock lock(mutex_);
  for (const Note& note : notes) {
    const auto kept = notes_.find(note.name);
    if (kept == notes_.end() || kept->second.at <= note.at) keep(note.name, note.at);
  }
}

// With the lock held.
void UseNotes::keep(std::string_view name, Instant at) {
  auto note = notes_.find(name);
  if (note == notes_.end()) {
    // Threat: memory that grows with what strangers send. Those written are in the file.
    if (notes_.size() >= most_) std::erase_if(notes_, [](const auto& entry) { return entry.second.written; });
    if (notes_.size() >= most_) return;
    note = notes_.emplace(std::string(name), Kept{at, true}).first;
  }
  if (note->second.written) ++unwritten_;
  note->second = {at, false};
}

}  // namespace quivive::backends
