#include "diagnose/reader.h"

namespace quivive::diagnose {

Read read_text(Format format, std::string_view text, std::string_view environment) {
  switch (format) {
    case Format::Curl: return read_curl_command(text);
    case Format::CurlVerbose: return read_curl_verbose(text);
    case Format::CurlTrace: return read_curl_trace(text);
    case Format::Http: return read_http(text);
    case Format::Postman: return read_postman(text, environment);
    case Format::Token: return read_token(text);
    case Format::Header: return read_header(text);
    case Format::Har: break;
  }
  HarReader har;
  if (auto fed = har.feed(text); !fed) return fed.error();
  return har.finish();
}

}  // namespace quivive::diagnose
