#pragma once
// Client: HTTP calls that prove who makes them. It drives client/call.h over libcurl: the rules (which credential goes where, what a 401
// is answered with, when a token is refreshed, how often anything is sent) are the core's; here are connections, threads, files and time.

#include "agent/exchange.h"
#include "agent/refresher.h"
#include "base/clock.h"
#include "base/random.h"
#include "client/call.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace quivive::agent {

struct ClientOptions {
  ExchangeSettings exchange;
  client::CallRules rules;
  std::chrono::milliseconds max_time{0};  // for a whole call, its refresh and waits included; 0: none
};

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<client::FieldLine> fields;
  BodySource* body = nullptr;  // outlives the call
};

struct Response {
  client::Outcome outcome{};
  client::Explanation explanation;     // what was done, and why nothing more was
  std::optional<Instant> until;        // with Later
  ResponseHead head;                   // of the last response; status 0 where there is none to hand on
  std::string body;                    // of Client::get() only
  std::optional<std::string> failure;  // the connection, the file to write to or the time: one line

  [[nodiscard]] bool answered() const { return outcome == client::Outcome::Answered && !failure; }
};

// Hears of a call as it goes on; each may be empty. A head is told before the first piece of the body that goes to the sink.
struct Listener {
  std::function<void(const ResponseHead& head)> on_head;  // of the response that is delivered
  net::TransferLog on_wire;                               // every exchange but those with token endpoints; secrets included
};

inline constexpr std::size_t kMaxBody = 16 * 1024 * 1024;  // of Client::get()

// Thread-safe. Tokens, and what is learnt of origins, are shared by all calls. A call begins with the cookies that the calls before it
// ended with; of two that overlap, the cookies of the last to end stay.
class Client {
 public:
  // `clock` and `random` outlive it; the first one comes before threads start.
  Client(client::Credentials credentials, const Clock& clock, RandomSource& random, ClientOptions options = {});
  // With the system's.
  explicit Client(client::Credentials credentials, ClientOptions options = {});
  ~Client();

  // The tokens of that credential, an index, are kept there. Before the first call.
  void keep(std::size_t credential, std::shared_ptr<TokenKeeper> keeper);

  // Blocks. The body is in the response, up to kMaxBody bytes.
  [[nodiscard]] Response get(const std::string& url);
  // Blocks. The body goes to `sink` as it comes.
  [[nodiscard]] Response send(const Request& request, const Sink& sink, const Listener& listener = {});

  // The token of that credential, refreshed first if it is about to end, or ended.
  [[nodiscard]] client::RefreshOutcome fresh_token(std::size_t credential);

 private:
  struct Progress;
  [[nodiscard]] Refresher& refresher(std::size_t credential);
  [[nodiscard]] client::Action carry_out(const client::Send& send, Progress& progress);
  [[nodiscard]] client::Action out_of_time(Progress& progress);  // instead of a Send
  [[nodiscard]] client::Credentials snapshot() const;                            // with the newest tokens; under the lock
  [[nodiscard]] std::chrono::milliseconds left(const Progress& progress) const;  // 0: no bound; at least 1 otherwise

  const Clock& clock_;
  RandomSource& random_;
  const ClientOptions options_;
  Exchanger exchanger_;

  std::mutex mutex_;  // of what follows
  client::Credentials credentials_;
  client::ClientMemory memory_;
  std::map<std::size_t, std::shared_ptr<TokenKeeper>> keepers_;
  std::map<std::size_t, Refresher> refreshers_;
};

}  // namespace quivive::agent
