#include "base/text.h"
#include "diagnose/readers/curl_log.h"
#include "diagnose/readers/dechunk.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/marks.h"
#include "diagnose/readers/pairing.h"
#include "diagnose/readers/trace_dump.h"
#include "diagnose/text.h"

#include <charconv>

namespace quivive::diagnose {
namespace readers {
namespace {

enum class Block : std::uint8_t { None, SendHeader, SendData, RecvHeader, RecvData, Ignored };

class TraceReader {
 public:
  TraceReader() : log_(Format::CurlTrace) {}

  void line(std::string_view line) {
    const std::string_view marked = from_trace_mark(line);
    if (marked.empty()) {
      if (block_ != Block::None) dump_.row(line);
      return;
    }
    end_block();
    if (marked.starts_with("== Info: ")) {
      log_.info(marked.substr(9));
    } else {
      begin_block(marked);
    }
  }

  Capture finish() {
    end_block();
    Capture capture = log_.finish();
    for (Exchange& exchange : capture.exchanges) {
      if (!exchange.response) continue;
      Response& response = *exchange.response;
      if (iequals(response.headers.value("transfer-encoding"), "chunked")) {
        if (auto plain = dechunked(response.body)) response.body = *std::move(plain);
      }
      response.body = with_line_ends(std::move(response.body));
    }
    return capture;
  }

 private:
  void begin_block(std::string_view marked) {
    const std::string_view what = marked.substr(3, marked.find(',') - std::min<std::size_t>(3, marked.find(',')));
    block_ = what == "Send header"   ? Block::SendHeader
             : what == "Send data"   ? Block::SendData
             : what == "Recv header" ? Block::RecvHeader
             : what == "Recv data"   ? Block::RecvData
                                     : Block::Ignored;
    const std::size_t at = marked.find("(0x");
    std::size_t size = 0;
    if (at != kNone) std::from_chars(marked.data() + at + 3, marked.data() + marked.size(), size, 16);
    dump_ = TraceDump(size);
  }

  void end_block() {
    const Block block = block_;
    block_ = Block::None;
    if (block == Block::None || block == Block::Ignored) return;
    const std::string bytes = dump_.bytes();
    if (block == Block::SendData) return log_.request_body(bytes);
    if (block == Block::RecvData) return log_.response_body(bytes);
    LineReader lines(bytes);
    for (Line line; lines.next(line);) {
      const bool taken = block == Block::SendHeader ? log_.request_line(line.text) : log_.response_line(line.text);
      // HTTP/2 and form posts of old versions send data in the block of the head.
      if (!taken && block == Block::SendHeader) log_.request_body(line.text);
    }
  }

  CurlLog log_;
  Block block_ = Block::None;
  TraceDump dump_{0};
};

}  // namespace
}  // namespace readers

Read read_curl_trace(std::string_view input) {
  using namespace readers;
  if (auto refused = refused_size(Format::CurlTrace, input)) return *std::move(refused);
  const std::string text = undressed(input);
  TraceReader reader;
  std::size_t begin = kNone;
  LineReader lines(text);
  for (Line line; lines.next(line);) {
    if (begin == kNone && !from_trace_mark(line.text).empty()) begin = line.offset;
    if (begin != kNone) reader.line(line.text);
  }
  Capture capture = reader.finish();
  if (capture.exchanges.empty()) {
    return read_error(Format::CurlTrace, input, 0, "no request and no response in it: no block '=> Send header' and none '<= Recv header'");
  }
  if (begin > 0) add_typed_command(capture, std::string_view(text).substr(0, begin));
  return capture;
}

}  // namespace quivive::diagnose
