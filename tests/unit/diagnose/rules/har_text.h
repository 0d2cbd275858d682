#pragma once
// A HAR in few words, for the tests of what browsers do.

#include "base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

using HarFields = std::vector<std::pair<std::string, std::string>>;

struct HarEntry {
  std::string method = "GET", url;
  HarFields request, response;
  int status = 200;  // 0: there was no answer
  std::string body, type = "fetch", error;
};

inline std::string har_text(const std::vector<HarEntry>& entries, std::string_view creator = "Firefox") {
  const auto fields = [](const HarFields& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs) out += (out.empty() ? "" : ",") + ("{\"name\":" + json_quote(name)) + ",\"value\":" + json_quote(value) + "}";
    return "[" + out + "]";
  };
  std::string out;
  int second = 0;
  for (const HarEntry& e : entries) {
    if (!out.empty()) out += ',';
    out += "{\"startedDateTime\":\"2025-03-01T12:00:" + std::string(second < 10 ? "0" : "") + std::to_string(second) + ".000Z\",\"time\":1,\"_resourceType\":" + json_quote(e.type);
    ++second;
    out += ",\"request\":{\"method\":" + json_quote(e.method) + ",\"url\":" + json_quote(e.url) + ",\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],\"queryString\":[],\"headersSize\":-1,\"bodySize\":0,\"headers\":" + fields(e.request) + "}";
    out += ",\"response\":{\"status\":" + std::to_string(e.status) + ",\"statusText\":\"\",\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":0,\"headers\":" + fields(e.response);
    if (!e.error.empty()) out += ",\"_error\":" + json_quote(e.error);
    out += ",\"content\":{\"size\":" + std::to_string(e.body.size()) + ",\"mimeType\":\"application/json\",\"text\":" + json_quote(e.body) + "}},\"cache\":{},\"timings\":{\"send\":0,\"wait\":1,\"receive\":0}}";
  }
  return "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":" + json_quote(creator) + ",\"version\":\"128.0\"},\"pages\":[],\"entries\":[" + out + "]}}";
}

}  // namespace quivive::diagnose
