#include "issuer/authorize.h"

#include "base/words.h"
#include "crypto/opaque_token.h"
#include "http/form.h"
#include "issuer/asked_marker.h"
#include "issuer/grant_types.h"
#include "issuer/parameters.h"
#include "issuer/pkce.h"
#include "issuer/redirect_uri.h"
#include "issuer/refresh_token.h"
#include "issuer/scopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace quivive::issuer {
namespace {

constexpr std::array<std::string_view, 14> kAuthorizeParameters = {"response_type", "client_id",    "redirect_uri", "scope",  "state",  "code_challenge", "code_challenge_method",
                                                          "nonce",         "response_mode", "prompt",       "max_age", "request", "request_uri",    kAskedParameter};
// OpenID Connect Core section 3.1.2.1. The last two ask for pages that there are none of here.
constexpr std::array<std::string_view, 4> kPrompts = {"none", "login", "consent", "select_account"};
// A max_age shorter than the way back from the login page could not be met at all.
constexpr Duration kWayBack = std::chrono::minutes(1);
constexpr std::size_t kMaxState = 1024, kMaxNonce = 256;

ShowRefusal to_user(std::string_view why) { return {{OAuthError::InvalidRequest, std::string(why)}}; }

std::string with_parameters(std::string_view uri, std::string_view parameters) {
  return fmt::format("{}{}{}", uri, uri.find('?') == std::string_view::npos ? '?' : '&', parameters);
}

// One authorization request whose client and redirect URI are in order: from here on its errors go back to the client.
class Flow {
 public:
  Flow(const Service& service, const KeyRing& keys, const Parameters& parameters, const store::ClientRecord& client, std::string redirect_uri, Instant now)
      : service_(service), keys_(keys), parameters_(parameters), client_(client), redirect_uri_(std::move(redirect_uri)), prompts_(split(parameters.find("prompt"))), now_(now) {}

  Authorization run(const std::optional<SignedIn>& user) {
    auto scopes = grant_scopes(parameters_.find("scope"), client_.scopes);
    if (const auto fault = fault_of_request()) return send_back(*fault);
    if (!scopes) return send_back(scopes.error());
    const auto has_to_sign_in = wants_sign_in(user);
    if (!has_to_sign_in) return send_back(has_to_sign_in.error());
    if (*has_to_sign_in) {
      // OpenID Connect Core section 3.1.2.1.
      if (has_scope(prompts_, "none")) return send_back({OAuthError::LoginRequired, "nobody has signed in, or not as it is wanted"});
      return SendToLogin{wants_login() || max_age() ? asked_marker(keys_, all_that_is_asked(), now_) : std::string()};
    }
    return send_code(*user, std::move(*scopes));
  }

 private:
  [[nodiscard]] std::optional<Refusal> fault_of_request() const {
    const auto invalid = [](std::string_view why) { return Refusal{OAuthError::InvalidRequest, std::string(why)}; };
    const std::string_view mode = parameters_.find("response_mode");
    if (parameters_.find("response_type").empty()) return invalid("response_type is missing");
    if (has_scope(prompts_, "none") && prompts_.size() > 1) return invalid("prompt=none stands alone");
    // Threat: a check that a client wants, and that a slip of its pen turns off.
    const auto is_prompt = [](const std::string& one) { return std::ranges::find(kPrompts, one) != kPrompts.end(); };
    if (!std::ranges::all_of(prompts_, is_prompt)) return invalid("prompt has to be none, login, consent or select_account");
    if (!parameters_.find("max_age").empty() && !max_age()) return invalid("max_age has to be a number of seconds");
    if (parameters_.find("response_type") != "code") return Refusal{OAuthError::UnsupportedResponseType, "response_type has to be code"};
    if (!mode.empty() && mode != "query") return invalid("response_mode has to be query");
    if (!parameters_.find("request").empty()) return Refusal{OAuthError::RequestNotSupported, "request objects are not supported"};
    if (!parameters_.find("request_uri").empty()) return Refusal{OAuthError::RequestUriNotSupported, "request objects are not supported"};
    // OAuth 2.1 section 7.5.1. Threat: a code that is caught on its way back.
    if (!is_challenge(parameters_.find("code_challenge"))) return invalid("code_challenge is missing, or is no SHA-256 in base64url: PKCE is required");
    if (parameters_.find("code_challenge_method") != "S256") return invalid("code_challenge_method has to be S256");
    if (parameters_.find("state").size() > kMaxState || parameters_.find("nonce").size() > kMaxNonce) return invalid("state or nonce is too long");
    return std::nullopt;
  }

  [[nodiscard]] bool wants_login() const { return has_scope(prompts_, "login"); }
  // Nothing where there is none, or what is no number; fault_of_request() refuses that.
  [[nodiscard]] std::optional<Duration> max_age() const {
    std::int64_t most = -1;
    const std::string_view text = parameters_.find("max_age");
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), most);
    if (fault != std::errc{} || end != text.data() + text.size() || most < 0) return std::nullopt;
    constexpr std::int64_t kForever = 1'000'000'000;
    return std::chrono::seconds(std::min(most, kForever));
  }
  [[nodiscard]] std::string all_that_is_asked() const {
    std::string out;
    for (const std::string_view name : kAuthorizeParameters) {
      if (name != kAskedParameter) http::append_form_pair(out, name, parameters_.find(name));
    }
    return out;
  }

  // Nobody has signed in; or prompt=login, or a sign-in that is older than max_age, and none since the user was sent to the login page
  // for this request.
  [[nodiscard]] Result<bool, Refusal> wants_sign_in(const std::optional<SignedIn>& user) const {
    if (!user) return true;
    const Duration age = now_ - user->at;
    const bool too_old = max_age() && age > *max_age();
    if (!too_old && !wants_login()) return false;
    const auto asked = read_asked_marker(keys_, all_that_is_asked(), parameters_.find(kAskedParameter), now_);
    if (!asked || user->at < asked->at || (too_old && age > kWayBack)) return true;
    // Threat: the same URL loaded again later, when the sign-in is not new any more.
    const auto claimed = service_.store().claim_once(asked->id, "user:" + user->user, asked->at + kAskedLifetime, now_);
    if (!claimed) return store_failed();
    return *claimed != store::Change::Done;
  }

  Authorization send_code(const SignedIn& user, std::vector<std::string> scopes) {
    const Secret code = crypto::make_opaque_token(service_.random());
    const Secret mark = family_mark(code.reveal(RevealSecret{}));
    const store::CodeRecord record{.digest = crypto::opaque_token_digest(code.reveal(RevealSecret{})), .client = client_.id, .redirect_uri = redirect_uri_,
                                   .challenge = std::string(parameters_.find("code_challenge")), .user = user.user, .password_tag = user.password_tag,
                                   .scopes = std::move(scopes), .nonce = std::string(parameters_.find("nonce")), .signed_in = user.at, .created = now_,
                                   .expires = now_ + service_.settings().code_lifetime, .family = family_of(mark.reveal(RevealSecret{}), client_.id)};
    const auto added = service_.store().add_code(record);
    if (!added || *added == store::Change::Exists) return send_back(store_failed());
    if (*added == store::Change::NotFound) return send_back({OAuthError::UnauthorizedClient, "the client was revoked"});
    std::string parameters;
    http::append_form_pair(parameters, "code", code.reveal(RevealSecret{}));
    return finish(std::move(parameters));
  }

  [[nodiscard]] Authorization send_back(const Refusal& refusal) const {
    std::string parameters;
    http::append_form_pair(parameters, "error", info(refusal.error).code);
    http::append_form_pair(parameters, "error_description", refusal.description);
    return finish(std::move(parameters));
  }

  [[nodiscard]] Authorization finish(std::string parameters) const {
    if (const auto state = parameters_.find("state"); !state.empty()) http::append_form_pair(parameters, "state", state);
    // RFC 9207. Threat: mix-up, a client of several issuers that sends our code to another.
    http::append_form_pair(parameters, "iss", service_.settings().url);
    return SendBack{with_parameters(redirect_uri_, parameters)};
  }

  const Service& service_;
  const KeyRing& keys_;
  const Parameters& parameters_;
  const store::ClientRecord& client_;
  std::string redirect_uri_;
  std::vector<std::string> prompts_;
  Instant now_;
};

}  // namespace

Authorization authorize(const Service& service, const Request& request, const std::optional<SignedIn>& user) {
  const auto parameters = Parameters::of_query(request.query, kAuthorizeParameters);
  if (!parameters) return ShowRefusal{parameters.error()};
  const std::string_view id = parameters->find("client_id");
  if (id.empty()) return to_user("client_id is missing");
  const auto client = service.store().find_client(id);
  if (!client) return ShowRefusal{store_failed()};
  if (!*client || (*client)->revoked) return to_user("there is no client of that client_id");
  if (!(*client)->may_use(kAuthorizationCode)) return to_user("the client was not made for authorization codes");
  std::string redirect_uri(parameters->find("redirect_uri"));
  const auto& registered = (*client)->redirect_uris;
  if (redirect_uri.empty() && registered.size() == 1) redirect_uri = registered.front();
  // Threat: an open redirector, and codes that go to a stranger.
  const bool known = std::ranges::any_of(registered, [&](const std::string& one) { return same_redirect_uri(one, redirect_uri); });
  if (!known) return to_user("redirect_uri is not one that was registered for this client");
  const auto keys = service.keys();
  if (keys == nullptr) return ShowRefusal{broken("there is no signing key yet")};
  return Flow(service, *keys, *parameters, **client, std::move(redirect_uri), request.now).run(user);
}

}  // namespace quivive::issuer
