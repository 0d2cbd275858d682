#include "diagnose/readers/har_events.h"
#include "diagnose/readers/kept_exchanges.h"

#include "diagnose/reader.h"

#include <utility>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kDepth = 512;  // browsers nest the stacks of `_initiator` deeply

}  // namespace

struct HarReader::State {
  har::Events events;
  JsonStream stream;
  KeptExchanges kept;
  bool credentials = false;
  std::size_t fed = 0;

  State() : events([this](har::Entry&& entry, std::size_t index) { on_entry(std::move(entry), index); }), stream(events, kDepth) {}

  void on_entry(har::Entry&& entry, std::size_t index) {
    credentials = credentials || har::shows_credentials(entry);
    kept.add(har::to_exchange(std::move(entry), index));
  }

  [[nodiscard]] ReadError failure(const JsonStop& stop) const {
    ReadError out{.format = Format::Har, .line = 0, .offset = stop.offset, .message = {}};
    switch (stop.kind) {
      case JsonStop::Kind::Incomplete: out.message = fmt::format("the file ends within {}; export it again", events.place()); break;
      case JsonStop::Kind::Trailing: out.message = "more text after the end of the HAR; nothing was expected there"; break;
      case JsonStop::Kind::Refused: out.message = events.complaint(); break;
      case JsonStop::Kind::TooDeep: out.message = fmt::format("nested deeper than {} levels in {}", kDepth, events.place()); break;
      case JsonStop::Kind::Syntax: out.message = fmt::format("{}, in {}", stop.message, events.place()); break;
    }
    return out;
  }
};

HarReader::HarReader() : state_(std::make_unique<State>()) {}
HarReader::~HarReader() = default;

Result<void, ReadError> HarReader::feed(std::string_view piece) {
  state_->fed += piece.size();
  if (const auto written = state_->stream.write(piece); !written) return state_->failure(written.error());
  return {};
}

Read HarReader::finish() {
  State& s = *state_;
  if (const auto end = s.stream.finish(); !end) return s.failure(end.error());
  const auto lacks = [&](std::string_view what) {
    return ReadError{.format = Format::Har, .line = 0, .offset = s.fed, .message = std::string(what)};
  };
  if (!s.events.saw_log()) return lacks("no member \"log\"; a HAR is {\"log\": {\"entries\": […]}}");
  if (!s.events.saw_entries()) return lacks("no log.entries; a HAR lists its requests there");
  Capture capture;
  capture.format = Format::Har;
  capture.tool = s.events.tool();
  capture.total = s.kept.total();
  capture.exchanges = s.kept.take();
  // Chrome and Edge leave out Authorization, Cookie and Set-Cookie unless told otherwise.
  capture.credentials_hidden = s.events.creator() == "WebInspector" && !s.credentials;
  return capture;
}

}  // namespace quivive::diagnose
