#include "auth/route_policy.h"

#include "base/text.h"
#include "digest/nonce.h"
#include "http/challenge_writer.h"
#include "http/grammar.h"
#include "http/request.h"

#include <algorithm>
#include <array>

namespace quivive::auth {
namespace {

// Fields that carry something else: a key in them would be read twice, or forwarded where it must not be.
constexpr std::array kNoKeyHeaders{http::FieldId::Authorization,
                                   http::FieldId::Connection,
                                   http::FieldId::ContentLength,
                                   http::FieldId::Cookie,
                                   http::FieldId::Host,
                                   http::FieldId::ProxyAuthorization,
                                   http::FieldId::Te,
                                   http::FieldId::TransferEncoding,
                                   http::FieldId::Upgrade};

class Faults {
 public:
  void add_if(bool fault, std::string_view text) {
    if (!fault) return;
    if (!text_.empty()) text_ += "; ";
    text_ += text;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void check_bearer(const RouteSettings& settings, Faults& faults) {
  faults.add_if(settings.issuers.empty(), "bearer is accepted and no issuer is named");
  for (auto issuer = settings.issuers.begin(); issuer != settings.issuers.end(); ++issuer) {
    if (*issuer == nullptr) {
      faults.add_if(true, "an issuer is null");
      return;
    }
    // Which of the two policies judges a token would depend on their order.
    const bool twice = std::any_of(settings.issuers.begin(), issuer,
                                   [&](const auto& other) { return other->issuer() == (*issuer)->issuer(); });
    faults.add_if(twice, "two issuers are named " + printable((*issuer)->issuer()));
  }
}

void check_api_key(const ApiKeySettings& api_key, Faults& faults) {
  const bool nowhere = api_key.header.empty() && api_key.query.empty() && !api_key.authorization;
  faults.add_if(nowhere, "api_key is accepted, but neither in a header nor in the query");
  if (api_key.header.empty()) return;
  faults.add_if(!http::is_token(api_key.header), "the API key's header name is not a token");
  const bool taken = std::ranges::find(kNoKeyHeaders, http::field_id(api_key.header)) != kNoKeyHeaders.end();
  faults.add_if(taken, "the header " + printable(api_key.header) + " cannot carry an API key");
}

void check_digest(const DigestSettings& digest, Faults& faults) {
  faults.add_if(digest.algorithms.empty(), "digest is accepted, but with no algorithm");
  faults.add_if(digest.qop.empty(), "digest is accepted, but with no qop");
  faults.add_if(digest.nonce_lifetime > digest::kMaxNonceLifetime, "the nonces of digest live longer than their key");
  for (const auto algorithm : digest.algorithms) {
    faults.add_if(!crypto::hash_available(digest::info(algorithm).hash),
                  std::string(digest::name_of(algorithm)) + " is not offered by this installation of OpenSSL");
  }
}

void check_session(const SessionSettings& session, Faults& faults) {
  faults.add_if(!http::is_token(session.cookie), "session is accepted, but the cookie's name is no token");
  faults.add_if(session.idle <= Duration{0} || session.absolute <= Duration{0}, "sessions end before they begin");
}

// RFC 7616 section 3.3. The nonce is another for each answer.
PreparedChallenge digest_challenge(digest::DigestAlgorithm algorithm, const RouteSettings& settings) {
  PreparedChallenge out{.scheme = Scheme::Digest, .text = {}};
  http::ChallengeWriter writer(out.text, info(Scheme::Digest).challenge);
  writer.quoted("realm", settings.realm).quoted("nonce", "");
  out.nonce_at = out.text.size() - 1;
  // Without spaces: LWP knows `auth,auth-int` to the letter, and requests no value with a space before it.
  std::string qop;
  for (const digest::Qop one : settings.digest.qop) qop.append(qop.empty() ? "" : ",").append(digest::name_of(one));
  writer.token("algorithm", digest::name_of(algorithm)).quoted("qop", qop).token("charset", "UTF-8");
  if (settings.digest.userhash) writer.token("userhash", "true");
  if (!settings.digest.opaque.empty()) writer.quoted("opaque", settings.digest.opaque);
  std::string domain;
  for (const std::string& uri : settings.digest.domain) {
    if (!domain.empty()) domain += ' ';
    domain += uri;
  }
  if (!domain.empty()) writer.quoted("domain", domain);
  return out;
}

std::string challenge(Scheme scheme, const RouteSettings& settings) {
  std::string line;
  http::ChallengeWriter writer(line, info(scheme).challenge);
  writer.quoted("realm", settings.realm);
  if (scheme == Scheme::ApiKey && !settings.api_key.header.empty()) writer.quoted("header", settings.api_key.header);
  if (scheme == Scheme::Session) writer.quoted("cookie", settings.session.cookie);
  if (scheme == Scheme::Basic) writer.quoted("charset", "UTF-8");  // RFC 7617 section 2.1
  return line;
}

}  // namespace

Result<RoutePolicy> RoutePolicy::compile(RouteSettings settings) {
  RoutePolicy policy;
  Faults faults;
  faults.add_if(settings.is_public && !settings.accept.empty(), "a public route accepts no credentials");
  faults.add_if(settings.is_public && !settings.require.empty(),
                "a public route cannot require anything of a principal");
  faults.add_if(!settings.is_public && settings.accept.empty(), "neither public nor accepting any scheme");
  faults.add_if(!http::is_field_value(settings.realm), "the realm holds a control character");
  for (const Scheme scheme : settings.accept) {
    faults.add_if(policy.accepts(scheme), std::string(info(scheme).setting) + " is accepted twice");
    policy.accepted_ |= 1U << static_cast<unsigned>(scheme);
  }
  if (policy.accepts(Scheme::Bearer)) check_bearer(settings, faults);
  if (policy.accepts(Scheme::ApiKey)) check_api_key(settings.api_key, faults);
  if (policy.accepts(Scheme::Digest)) check_digest(settings.digest, faults);
  if (policy.accepts(Scheme::Session)) check_session(settings.session, faults);
  if (!faults.text().empty()) return error("{}: {}", printable(settings.name), faults.text());

  for (const SchemeInfo& row : all_schemes()) {
    if (!policy.accepts(row.scheme)) continue;
    policy.accepted_list_.push_back(row.scheme);
    if (row.scheme != Scheme::Digest) {
      policy.challenges_.push_back({row.scheme, challenge(row.scheme, settings)});
      continue;
    }
    for (const auto algorithm : settings.digest.algorithms) policy.challenges_.push_back(digest_challenge(algorithm, settings));
  }
  policy.settings_ = std::move(settings);
  return policy;
}

const std::shared_ptr<const IssuerPolicy>* RoutePolicy::find_issuer(std::string_view issuer) const {
  for (const std::shared_ptr<const IssuerPolicy>& candidate : settings_.issuers) {
    if (candidate->issuer() == issuer) return &candidate;
  }
  return nullptr;
}

}  // namespace quivive::auth
