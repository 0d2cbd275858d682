#pragma once
// Readers: one for each input format. They turn text into a Capture and judge nothing. Input is a stranger's: every reader
// is bounded, never fails on bytes it does not know, and says where it stopped when the format itself breaks.

#include "base/result.h"
#include "diagnose/capture.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace quivive::diagnose {

inline constexpr std::size_t kMaxText = 16 * 1024 * 1024;  // of every format but HAR, which is streamed
inline constexpr std::size_t kDetectBytes = 64 * 1024;

struct ReadError {
  Format format{};
  std::size_t line = 0;    // from 1; 0 where lines mean nothing (minified JSON)
  std::size_t offset = 0;  // bytes from the beginning of the input
  std::string message;     // what was expected there, or what is missing; quotes no secret
};
[[noreturn]] void throw_exception_from_error(const ReadError& error, const boost::source_location&);

// What `head`, the beginning of an input (up to kDetectBytes), is. The error says what it looks like instead, where that is
// known: "PowerShell's Invoke-WebRequest; use …".
[[nodiscard]] Result<Format> detect(std::string_view head);

using Read = Result<Capture, ReadError>;

[[nodiscard]] Read read_curl_command(std::string_view text);                           // Format::Curl
[[nodiscard]] Read read_curl_words(std::span<const std::string> words);                // the same, split by a shell already; "curl" first. A misspelt option is an error
[[nodiscard]] Read read_curl_verbose(std::string_view text);                           // Format::CurlVerbose
[[nodiscard]] Read read_curl_trace(std::string_view text);                             // Format::CurlTrace
[[nodiscard]] Read read_http(std::string_view text);                                   // Format::Http
[[nodiscard]] Read read_postman(std::string_view text, std::string_view environment);  // Format::Postman; "" without an environment
[[nodiscard]] Read read_token(std::string_view text);                                  // Format::Token
[[nodiscard]] Read read_header(std::string_view text);                                 // Format::Header

// HAR 1.2, in pieces of any size: memory stays bounded whatever its size. Entries that cannot matter to a refusal are
// counted and dropped when there are too many.
class HarReader {
 public:
  HarReader();
  ~HarReader();
  HarReader(const HarReader&) = delete;
  HarReader& operator=(const HarReader&) = delete;

  [[nodiscard]] Result<void, ReadError> feed(std::string_view piece);
  [[nodiscard]] Read finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Any format but HAR in pieces: HAR is fed to a HarReader in one piece. For tests and embedders; `environment` for Postman.
[[nodiscard]] Read read_text(Format format, std::string_view text, std::string_view environment = {});

}  // namespace quivive::diagnose
