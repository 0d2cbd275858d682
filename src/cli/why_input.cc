#include "cli/why_input.h"

#include "base/text.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace quivive::cli {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

Failure cannot_read(std::string_view name, const diagnose::ReadError& error) {
  std::string place;
  if (error.line != 0) place = fmt::format(" line {}:", error.line);
  else if (error.offset != 0) place = fmt::format(" offset {}:", error.offset);
  return {kWrong, fmt::format("{}:{} {} (read as {})", printable(name), place, error.message, diagnose::name_of(error.format))};
}

// As much of `in` as there is, up to `size` bytes.
std::string take(std::istream& in, std::size_t size) {
  std::string out(size, '\0');
  in.read(out.data(), static_cast<std::streamsize>(size));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

Result<diagnose::Capture, Failure> read_har(std::istream& in, std::string head, std::string_view name) {
  diagnose::HarReader reader;
  for (std::string piece = std::move(head); !piece.empty(); piece = take(in, kPiece)) {
    if (const auto fed = reader.feed(piece); !fed) return cannot_read(name, fed.error());
  }
  auto capture = reader.finish();
  if (!capture) return cannot_read(name, capture.error());
  return std::move(*capture);
}

Result<diagnose::Capture, Failure> read_as(diagnose::Format format, std::string_view text, std::string_view name, const WhyInput& input) {
  auto capture = diagnose::read_text(format, text, input.environment);
  if (!capture) return cannot_read(name, capture.error());
  return std::move(*capture);
}

// For what was meant as a URL, perhaps.
std::string_view url_hint(std::string_view argument) {
  if (argument.find("://") != std::string_view::npos) return "; only URLs of https:// and http:// can be asked";
  const std::string_view host = argument.substr(0, argument.find('/'));
  const bool port = host.find(':') != std::string_view::npos;
  return port || (host.size() < argument.size() && host.find('.', 1) != std::string_view::npos) ? "; a URL begins with https:// or http://" : "";
}

}  // namespace

Result<diagnose::Capture, Failure> read_capture(std::istream& in, std::string_view name, const WhyInput& input) {
  std::string head = take(in, diagnose::kDetectBytes);
  auto format = input.format;
  if (!format) {
    const auto found = diagnose::detect(head);
    if (!found) return Failure{kWrong, fmt::format("{}: {}", printable(name), found.error().message)};
    format = *found;
  }
  if (*format == diagnose::Format::Har) return read_har(in, std::move(head), name);
  if (head.size() == diagnose::kDetectBytes) head += take(in, diagnose::kMaxText - head.size() + 1);
  if (head.size() > diagnose::kMaxText) {
    return Failure{kWrong,
                   fmt::format("{}: more than {} MiB; cut it to the request in question", printable(name), diagnose::kMaxText >> 20)};
  }
  return read_as(*format, head, name, input);
}

Result<diagnose::Capture, Failure> read_capture_argument(const std::string& argument, const WhyInput& input) {
  std::error_code fault;
  const auto status = std::filesystem::status(argument, fault);
  if (std::filesystem::is_directory(status)) return Failure{kWrong, fmt::format("{}: a folder; name a file in it", printable(argument))};
  std::ifstream file(argument, std::ios::binary);
  if (file) return read_capture(file, argument, input);
  const int code = errno;
  if (!std::filesystem::exists(status)) {
    // Threat: a mistyped file name must not be taken for something else: only what cannot be a name is read as text.
    const auto format = input.format ? Result<diagnose::Format>(*input.format) : diagnose::detect(argument);
    const bool text = argument.find(' ') != std::string::npos || argument.starts_with("eyJ") || argument.find('\n') != std::string::npos;
    if (text && format) return read_as(*format, argument, "argument", input);
    return Failure{kWrong, fmt::format("{}: there is no such file{}", printable(argument), url_hint(argument))};
  }
  return Failure{kWrong, fmt::format("{}: {}", printable(argument), std::strerror(code))};
}

Result<std::string, Failure> read_text_file(const std::string& name, std::size_t limit) {
  std::error_code fault;
  if (std::filesystem::is_directory(name, fault)) return Failure{kWrong, fmt::format("{}: a folder, not a file", printable(name))};
  std::ifstream file(name, std::ios::binary);
  if (!file) return Failure{kWrong, fmt::format("{}: {}", printable(name), std::strerror(errno))};
  std::string text = take(file, limit + 1);
  if (text.size() > limit) return Failure{kWrong, fmt::format("{}: more than {} KiB", printable(name), limit >> 10)};
  return text;
}

}  // namespace quivive::cli
