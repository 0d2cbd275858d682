#include "cli/fetch_output.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace quivive::cli {

void FetchOutput::head(const agent::ResponseHead& head) {
  if (holding_ && head.status == 401) {
    held_ = Held{head, {}};
  } else {
    begin(head);
  }
}

bool FetchOutput::body(std::string_view piece) {
  if (!held_) return write(piece);
  if (held_->body.size() + piece.size() <= kMaxHeld) {
    held_->body.append(piece);
    return true;
  }
  return let_go() && write(piece);
}

void FetchOutput::drop() {
  held_.reset();
  holding_ = false;
}

std::string FetchOutput::finish() {
  if (held_) (void)let_go();
  if (fault_.empty() && file_.is_open()) {
    file_.close();
    if (!file_) fault_ = fmt::format("{} cannot be written", printable(options_.file));
  }
  if (fault_.empty() && options_.file.empty()) out_.flush();
  return fault_;
}

void FetchOutput::begin(const agent::ResponseHead& head) {
  begun_ = true;
  quiet_ = options_.fail && head.status >= 400;
  if (!options_.file.empty() && !quiet_) {
    file_.open(options_.file, std::ios::binary | std::ios::trunc);
    if (!file_) fault_ = fmt::format("{}: {}", printable(options_.file), std::strerror(errno));
  }
  if (!options_.include || quiet_) return;
  std::string text = head.reason.empty() ? fmt::format("{} {}\r\n", head.version, head.status)
                                         : fmt::format("{} {} {}\r\n", head.version, head.status, head.reason);
  for (const agent::Field& field : head.fields) text += fmt::format("{}: {}\r\n", field.name, field.value);
  (void)write(text + "\r\n");
}

bool FetchOutput::write(std::string_view piece) {
  if (quiet_) return true;
  if (!fault_.empty()) return false;
  if (options_.file.empty() && !piece.empty()) last_ = piece.back();
  std::ostream& to = options_.file.empty() ? out_ : file_;
  if (to.write(piece.data(), static_cast<std::streamsize>(piece.size()))) return true;
  fault_ = options_.file.empty() ? "standard output cannot be written" : fmt::format("{} cannot be written", printable(options_.file));
  return false;
}

bool FetchOutput::let_go() {
  const Held held = std::move(*held_);
  held_.reset();
  begin(held.head);
  return write(held.body);
}

}  // namespace quivive::cli
