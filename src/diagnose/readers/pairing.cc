#include "diagnose/readers/pairing.h"

#include "base/text.h"
#include "diagnose/readers/curl_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {

Exchange* Pairing::append() {
  ++capture_.total;
  dropped_ = capture_.exchanges.size() >= kMaxExchanges;
  if (dropped_) return nullptr;
  Exchange& made = capture_.exchanges.emplace_back();
  made.index = capture_.exchanges.size() - 1;
  return &made;
}

void Pairing::add(Request request) {
  waiting_ = true;
  Exchange* made = append();
  if (made == nullptr) return;
  made->to_proxy = request.method == "CONNECT";
  made->request = std::move(request);
}

void Pairing::add(Response response) {
  const bool interim = response.status < 200 && response.status != 101 && response.status != 0;
  Exchange* place = waiting_ ? (dropped_ ? nullptr : &capture_.exchanges.back()) : append();
  waiting_ = interim;
  if (place == nullptr) return;
  if (place->response) place->remarks.push_back(fmt::format("{} {}", place->response->status, place->response->reason));
  // What `curl -i` shows of a tunnel before the answer itself.
  if (!place->request && iequals(response.reason, "connection established")) place->to_proxy = true;
  place->response = std::move(response);
}

Capture Pairing::finish() {
  static constexpr auto kTools = std::to_array<std::string_view>({"curl/", "HTTPie/", "Wget/", "xh/"});
  for (const Exchange& exchange : capture_.exchanges) {
    if (!exchange.request || !capture_.tool.empty()) continue;
    const std::string_view agent = exchange.request->headers.value("user-agent");
    if (std::any_of(kTools.begin(), kTools.end(), [&](std::string_view tool) { return agent.starts_with(tool); }))
      capture_.tool = agent.substr(0, agent.find(' '));
  }
  return std::move(capture_);
}

void add_typed_command(Capture& capture, std::string_view text) {
  Capture typed;
  (void)add_curl_commands(typed, text, 1);
  if (!typed.command) return;
  capture.command = std::move(typed.command);
  if (capture.exchanges.empty() || typed.exchanges.size() != 1) return;
  const bool replaced = std::any_of(typed.remarks.begin(), typed.remarks.end(),
                                    [](const SourceRemark& r) { return r.kind == SourceRemark::Kind::ShellExpands; });
  const auto first = std::find_if(capture.exchanges.begin(), capture.exchanges.end(), [](const Exchange& e) { return !e.to_proxy; });
  if (first == capture.exchanges.end()) return;
  if (!first->request && !replaced) first->request = std::move(typed.exchanges[0].request);
  for (SourceRemark& remark : typed.remarks) {
    remark.exchange = first->index;
    capture.remarks.push_back(std::move(remark));
  }
}

}  // namespace quivive::diagnose::readers
