#include "agent/client.h"

#include "agent/token_endpoint.h"
#include "client/expiry.h"
#include "crypto/system_random.h"

#include <algorithm>
#include <thread>

namespace quivive::agent {
namespace {

using client::Action;
using client::Call;
using client::Finish;
using client::Outcome;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kBodySpent = "the server read the body before it refused, and it came from a stream: it cannot be sent again";

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}
RandomSource& system_random() {
  static crypto::SystemRandom random;
  return random;
}

// The next step would need the body once more.
bool wants_body(const Action& action) {
  if (const auto* send = std::get_if<client::Send>(&action)) return send->body != client::SendBody::None;
  return !std::holds_alternative<Finish>(action);
}

Finish body_spent(const Call& call, const Action& instead) {
  Finish out;
  out.outcome = std::holds_alternative<client::Wait>(instead) ? Outcome::Later : Outcome::Refused;
  out.explanation = {client::CallCause::BodyNotRewindable, std::string(kBodySpent), call.steps()};
  return out;
}

Finish no_time_to_wait(const Call& call, const client::Wait& wait, Instant now) {
  Finish out;
  out.outcome = Outcome::Later;
  out.explanation = {client::CallCause::RetryLater,
                     fmt::format("The server asks to come back in {} s, and there is less time than that.", (wait.duration.count() + 999) / 1000),
                     call.steps()};
  out.until = now + wait.duration;
  return out;
}

}  // namespace

// One call.
struct Client::Progress {
  const Request& request;
  const Sink& sink;
  const Listener& listener;
  // Its own: the token that this call has sent and the server has refused, whatever other calls have got since.
  client::Credentials credentials;
  std::optional<Call> call{};
  std::optional<Steady::time_point> deadline{};
  // The last response that was not delivered as it came: what follows it may come to nothing, and then it is the answer after all.
  ResponseHead kept_head{};
  std::string kept_body{};
  Response response{};

  [[nodiscard]] bool over() const { return deadline && Steady::now() >= *deadline; }
};

Client::Client(client::Credentials credentials, const Clock& clock, RandomSource& random, ClientOptions options)
    : clock_(clock), random_(random), options_(std::move(options)), exchanger_(options_.exchange), credentials_(std::move(credentials)) {}

Client::Client(client::Credentials credentials, ClientOptions options)
    : Client(std::move(credentials), system_clock(), system_random(), std::move(options)) {}

Client::~Client() = default;

void Client::keep(std::size_t credential, std::shared_ptr<TokenKeeper> keeper) {
  const std::lock_guard lock(mutex_);
  keepers_[credential] = std::move(keeper);
}

Refresher& Client::refresher(std::size_t credential) {
  const std::lock_guard lock(mutex_);
  const auto found = refreshers_.find(credential);
  if (found != refreshers_.end()) return found->second;
  auto ask = [this](const client::TokenClient& client, const client::Token& token, std::chrono::milliseconds patience) {
    return refresh(exchanger_, client, token, clock_, patience);
  };
  return refreshers_.try_emplace(credential, keepers_[credential], std::move(ask), clock_).first->second;
}

client::Credentials Client::snapshot() const {
  client::Credentials out = credentials_;
  for (const auto& [credential, refresher] : refreshers_) {
    if (auto token = refresher.current()) std::get<client::Bearer>(out[credential].what).token = std::move(*token);
  }
  return out;
}

std::chrono::milliseconds Client::left(const Progress& progress) const {
  if (!progress.deadline) return {};
  return std::max(std::chrono::milliseconds{1}, std::chrono::ceil<std::chrono::milliseconds>(*progress.deadline - Steady::now()));
}

Action Client::carry_out(const client::Send& send, Progress& progress) {
  BodySource* const body = send.body == client::SendBody::None ? nullptr : progress.request.body;
  const ExchangeRequest exchange{send.method, send.url, send.fields, body, left(progress)};
  std::optional<Action> next;
  const auto on_head = [&](const ResponseHead& head) {
    std::vector<http::Field> fields;
    fields.reserve(head.fields.size());
    for (const Field& field : head.fields) fields.push_back({field.name, field.value, http::field_id(field.name)});
    {
      const std::lock_guard lock(mutex_);
      next = progress.call->on_response({static_cast<std::uint16_t>(head.status), fields, {}}, clock_.now());
    }
    // A 100 (Continue) may have been awaited in vain; what was read of the body then decides, and nothing before it.
    if (body != nullptr && wants_body(*next) && !body->replayable()) next = body_spent(*progress.call, *next);
    const auto* finish = std::get_if<Finish>(&*next);
    const bool deliver = finish != nullptr && finish->deliver;
    (deliver ? progress.response.head : progress.kept_head) = head;
    if (deliver && progress.listener.on_head) progress.listener.on_head(head);
    return deliver ? BodyFate::Deliver : BodyFate::Keep;
  };
  const auto done = exchanger_.perform(exchange, on_head, progress.sink, progress.listener.on_wire ? &progress.listener.on_wire : nullptr);
  if (!next) {
    progress.response.failure = done ? "the server sent no response" : done.error().message;
    const std::lock_guard lock(mutex_);
    return progress.call->on_failed(*progress.response.failure, clock_.now());
  }
  progress.kept_body = done ? done->kept : std::string();
  // A head that asks for another try was understood, however the rest of its response went.
  if (!done && std::holds_alternative<Finish>(*next)) progress.response.failure = done.error().message;
  return std::move(*next);
}

Action Client::out_of_time(Progress& progress) {
  progress.response.failure = "the time for the whole call was over before its request could be sent";
  const std::lock_guard lock(mutex_);
  return progress.call->on_failed(*progress.response.failure, clock_.now());
}

Response Client::send(const Request& request, const Sink& sink, const Listener& listener) {
  const auto kind = request.body == nullptr ? client::BodyKind::None : client::BodyKind::Rewindable;
  client::CallRequest asked{request.method, request.url, request.fields, kind, request.body == nullptr ? nullptr : request.body->bytes()};
  Progress progress{request, sink, listener, {}};
  if (options_.max_time.count() > 0) progress.deadline = Steady::now() + options_.max_time;
  // Each function of the core under the lock, each wait outside.
  const auto locked = [this](auto&& step) {
    const std::lock_guard lock(mutex_);
    return step(clock_.now());
  };
  Action action = locked([&](Instant now) {
    progress.credentials = snapshot();
    progress.call.emplace(std::move(asked), options_.rules, progress.credentials, memory_, random_);
    return progress.call->start(now);
  });
  for (;;) {
    if (const auto* send = std::get_if<client::Send>(&action)) {
      action = progress.over() ? out_of_time(progress) : carry_out(client::Send(*send), progress);
    } else if (const auto* wish = std::get_if<client::Refresh>(&action)) {
      auto outcome = refresher(wish->credential).newer(*wish, progress.deadline);
      action = locked([&](Instant now) { return progress.call->on_refreshed(std::move(outcome), now); });
    } else if (const auto* wait = std::get_if<client::Wait>(&action)) {
      if (progress.deadline && wait->duration >= left(progress)) {
        action = locked([&](Instant now) { return Action(no_time_to_wait(*progress.call, *wait, now)); });
        continue;
      }
      std::this_thread::sleep_for(wait->duration);
      action = locked([&](Instant now) { return progress.call->on_waited(now); });
    } else {
      auto& finish = std::get<Finish>(action);
      Response& out = progress.response;
      out.outcome = finish.outcome;
      out.explanation = std::move(finish.explanation);
      out.until = finish.until;
      if (finish.deliver && out.head.status == 0 && progress.kept_head.status != 0) {
        out.head = std::move(progress.kept_head);
        if (listener.on_head) listener.on_head(out.head);
        if (!progress.kept_body.empty() && !sink(progress.kept_body)) out.failure = "the response's body could not be written";
      }
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < credentials_.size(); ++i) {
        if (auto* jar = std::get_if<client::CookieJar>(&progress.credentials[i].what)) credentials_[i].what = std::move(*jar);
      }
      return std::move(out);
    }
  }
}

Response Client::get(const std::string& url) {
  std::string body;
  bool too_large = false;
  const Sink sink = [&](std::string_view piece) {
    too_large = body.size() + piece.size() > kMaxBody;
    if (!too_large) body.append(piece);
    return !too_large;
  };
  Request request;
  request.url = url;
  Response out = send(request, sink);
  if (too_large) out.failure = fmt::format("the response's body is larger than {} MiB", kMaxBody >> 20);
  if (out.head.status != 0) out.body = std::move(body);
  return out;
}

client::RefreshOutcome Client::fresh_token(std::size_t credential) {
  client::Refresh wish;
  wish.credential = credential;
  wish.reason = client::RefreshReason::AboutToExpire;
  {
    const std::lock_guard lock(mutex_);
    const auto credentials = snapshot();
    const auto* bearer = credential < credentials.size() ? std::get_if<client::Bearer>(&credentials[credential].what) : nullptr;
    if (bearer == nullptr) return client::RefreshFailure{client::RefreshFailure::Kind::Misconfigured, "there is no token"};
    const bool due = bearer->token.access.empty() ||
                     client::refresh_due(bearer->token, Duration{0}, options_.rules.refresh_ahead, clock_.now(), random_);
    if (!due || !bearer->refreshable()) return bearer->token;
    wish.token = bearer->token;
    wish.client = *bearer->client;
  }
  return refresher(credential).newer(wish);
}

}  // namespace quivive::agent
