#pragma once
// fetch: one blocking GET for the gateway's own needs (key sets, metadata, its admin listener). Call it on a pool thread.

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace quivive::net {

struct FetchLimits {
  std::chrono::milliseconds timeout{5000};  // for the whole exchange
  std::size_t bytes = 256 * 1024;           // of the body; more is an error
  long redirects = 3;                       // https never leads to http
};

struct FetchResponse {
  long status = 0;
  std::string body;
  std::string cache_control;  // value of the last such field, "" if none
};

enum class FetchMethod : std::uint8_t { Get, Post };  // Post: without a body

// Any status is a response; an Error means there was none (name, connection, TLS, time, size), in one line.
[[nodiscard]] Result<FetchResponse> fetch(const std::string& url, const FetchLimits& limits = {}, FetchMethod method = FetchMethod::Get);

// Once, before threads start. What fails here is what fetch() says.
void fetch_init();

}  // namespace quivive::net
