#include "auth/find_credentials.h"

#include "auth/api_key_format.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/credentials.h"
#include "http/query.h"

namespace quivive::auth {
namespace {

// Gathers what is found; decides once everything has been seen.
class Finder {
 public:
  Finder(const http::RequestView& request, const RoutePolicy& policy) : policy_(policy) {
    found_.method = request.method;
    found_.target = request.target;
  }

  void read_fields(const http::RequestView& request);
  void read_query(std::string_view query);
  void read_cookie(const http::RequestView& request);
  // For requests that bring no credential to judge: an API key of ours where nobody looks for it.
  void look_for_stray_key(const http::RequestView& request);
  [[nodiscard]] FoundCredentials decide() const;

 private:
  void read_authorization(std::string_view value);
  void read_bare_value(std::string_view value);
  void read_other_scheme(const http::SplitCredentials& split);
  void read_key_header(std::string_view value);
  void read_query_key(std::string_view query);
  void read_query_token(std::string_view query);

  void see(Place place, std::optional<Scheme> scheme);
  void accept(Scheme scheme, Place place, std::string_view value);
  // Nothing that can be verified; the most telling failure is kept.
  void fail(Reason reason, std::string_view detail, std::optional<Scheme> scheme = std::nullopt, Hint hint = Hint::None, std::string_view subject = {});
  void fail_scheme(std::string_view detail, Hint hint = Hint::Accepted, std::string_view subject = {}) {
    fail(Reason::SchemeUnsupported, detail, std::nullopt, hint, subject);
  }
  // Two readers could pick different credentials: nothing else counts.
  void conflict(Reason reason, std::string_view detail);
  [[nodiscard]] bool takes_keys_in_authorization() const {
    return policy_.accepts(Scheme::ApiKey) && policy_.settings().api_key.authorization;
  }

  const RoutePolicy& policy_;
  FoundCredentials found_;  // `credential` is the first that could be verified
  unsigned usable_ = 0;
  bool conflict_ = false;
};

// Three parts, and a JSON object's opening in base64url in front: a glance.
bool looks_like_jwt(std::string_view text) {
  return text.starts_with("eyJ") && text.find('.') != std::string_view::npos;
}

std::string_view empty_detail(Scheme scheme) {
  switch (scheme) {
    case Scheme::Digest: return "Digest with nothing after it";
    case Scheme::Bearer: return "Bearer with nothing after it";
    case Scheme::ApiKey: return "ApiKey with nothing after it";
    case Scheme::Session: break;  // has no place in Authorization
    case Scheme::Basic: return "Basic with nothing after it";
  }
  return {};
}

Reason empty_reason(Scheme scheme) {
  switch (scheme) {
    case Scheme::Digest: return Reason::DigestMalformed;
    case Scheme::Bearer: return Reason::TokenEmpty;
    case Scheme::ApiKey: return Reason::KeyMalformed;
    case Scheme::Session: break;
    case Scheme::Basic: return Reason::BasicMalformed;
  }
  return Reason::CredentialsMissing;
}

// Whether the query has that parameter but for upper and lower case.
bool holds_in_other_case(std::string_view query, std::string_view name) {
  http::QueryReader reader(query);
  for (http::QueryPair pair; reader.next(pair);) {
    if (!name.empty() && iequals(http::form_decode(pair.name), name)) return true;
  }
  return false;
}

void Finder::see(Place place, std::optional<Scheme> scheme) {
  if (found_.seen_count < FoundCredentials::kMaxSeen) found_.seen[found_.seen_count++] = {place, scheme};
}

void Finder::accept(Scheme scheme, Place place, std::string_view value) {
  if (usable_++ == 0) found_.credential = Credential{scheme, place, value};
}

void Finder::fail(Reason reason, std::string_view detail, std::optional<Scheme> scheme, Hint hint, std::string_view subject) {
  const bool first = found_.reason == Reason::CredentialsMissing && found_.detail.empty();
  if (!first && more_telling(found_.reason, reason) == found_.reason) return;
  found_.reason = reason;
  found_.detail = detail;
  found_.scheme = scheme;
  found_.hint = hint;
  found_.subject = subject;
}

void Finder::conflict(Reason reason, std::string_view detail) {
  if (conflict_) return;
  conflict_ = true;
  found_.reason = reason;
  found_.detail = detail;
  found_.scheme.reset();
  found_.hint = Hint::None;
  found_.subject = {};
}

void Finder::read_fields(const http::RequestView& request) {
  const bool wants_key = policy_.accepts(Scheme::ApiKey) && !policy_.settings().api_key.header.empty();
  const std::string_view key_header = policy_.settings().api_key.header;
  unsigned authorizations = 0, keys = 0;
  for (const http::Field& field : request.fields) {
    if (field.id == http::FieldId::Authorization) {
      if (++authorizations > 1) return conflict(Reason::CredentialsDuplicateHeader, "two Authorization fields");
      read_authorization(field.value);
    } else if (wants_key && iequals(field.name, key_header)) {
      if (++keys > 1) return conflict(Reason::CredentialsDuplicateHeader, "two fields that carry an API key");
      read_key_header(field.value);
    }
  }
}

void Finder::read_authorization(std::string_view value) {
  if (value.empty()) {
    see(Place::Authorization, std::nullopt);
    found_.in_authorization = "nothing";
    return fail(Reason::CredentialsMissing, "an Authorization field with nothing in it");
  }
  // Joined by an intermediary, or smuggled: one reader takes the first, another the last.
  if (value.find(',') != std::string_view::npos && http::holds_several_credentials(value)) {
    see(Place::Authorization, std::nullopt);
    found_.in_authorization = "several credentials";
    return conflict(Reason::CredentialsDuplicateHeader, "two credentials in one Authorization field");
  }
  const http::SplitCredentials split = http::split_credentials(value);
  const std::optional<Scheme> scheme = scheme_from_challenge(split.scheme);
  see(Place::Authorization, scheme);
  if (!scheme) {
    // A token or a key is itself a token of the grammar, so a value of one word may be a scheme or the credential.
    return split.scheme.empty() || split.rest.empty() ? read_bare_value(value) : read_other_scheme(split);
  }
  if (*scheme == Scheme::Session) return fail_scheme("Session in Authorization; a session's place is its cookie");
  const bool accepted = *scheme == Scheme::ApiKey ? takes_keys_in_authorization() : policy_.accepts(*scheme);
  if (accepted) {
    return split.rest.empty() ? fail(empty_reason(*scheme), empty_detail(*scheme), scheme)
                              : accept(*scheme, Place::Authorization, split.rest);
  }
  if (*scheme == Scheme::ApiKey && policy_.accepts(Scheme::ApiKey)) {
    return fail_scheme("ApiKey in Authorization; here an API key has a place of its own", Hint::KeyPlaces);
  }
  if (*scheme == Scheme::Bearer && looks_like_api_key(split.rest)) {
    return fail_scheme("an API key after the word Bearer");
  }
  fail_scheme("a scheme that this route does not accept", Hint::Accepted, info(*scheme).challenge);
}

void Finder::read_bare_value(std::string_view value) {
  if (looks_like_jwt(value)) {
    found_.in_authorization = "a token without a scheme";
    return fail_scheme("a token without the word Bearer before it");
  }
  if (looks_like_api_key(value)) {
    found_.in_authorization = "an API key without a scheme";
    return fail_scheme("an API key without a scheme before it");
  }
  found_.in_authorization = common_scheme_name(value);
  if (!found_.in_authorization.empty()) return fail_scheme("a scheme that this route does not accept", Hint::Accepted, found_.in_authorization);
  fail_scheme("no scheme, or one that is not known");
}

void Finder::read_other_scheme(const http::SplitCredentials& split) {
  const std::string_view name = found_.in_authorization = common_scheme_name(split.scheme);
  if (looks_like_jwt(split.rest)) return fail_scheme("a token after another word than Bearer", Hint::Accepted, name);
  if (looks_like_api_key(split.rest)) return fail_scheme("an API key after another word than ApiKey", Hint::Accepted, name);
  fail_scheme(name.empty() ? "a scheme that is not known" : "a scheme that this route does not accept", Hint::Accepted, name);
}

void Finder::read_key_header(std::string_view value) {
  see(Place::KeyHeader, Scheme::ApiKey);
  if (value.empty()) return fail(Reason::KeyMalformed, "a field for the API key with nothing in it", Scheme::ApiKey);
  // No key has a comma: two fields, joined on the way.
  if (value.find(',') != std::string_view::npos)
    return conflict(Reason::CredentialsDuplicateHeader, "two API keys in one field");
  accept(Scheme::ApiKey, Place::KeyHeader, value);
}

void Finder::read_query(std::string_view query) {
  if (query.empty()) return;
  read_query_key(query);
  read_query_token(query);
}

void Finder::read_query_key(std::string_view query) {
  const std::string& name = policy_.settings().api_key.query;
  if (policy_.accepts(Scheme::ApiKey) && !name.empty()) {
    const http::QueryMatch match = http::find_parameter(query, name);
    if (match.count > 0) see(Place::Query, Scheme::ApiKey);
    if (match.count > 1) return conflict(Reason::CredentialsInTwoPlaces, "the API key's parameter twice in the query");
    if (match.count == 1 && match.value.empty()) {
      fail(Reason::KeyMalformed, "an API key's parameter with nothing in it", Scheme::ApiKey);
    } else if (match.count == 1) {
      return accept(Scheme::ApiKey, Place::Query, match.value);
    }
  }
  if (!find_api_key(query)) return;
  see(Place::Query, Scheme::ApiKey);
  if (!policy_.accepts(Scheme::ApiKey)) {
    return fail(Reason::CredentialsMissing, "an API key in the query, and this route takes no API keys", std::nullopt, Hint::Accepted);
  }
  // A key of ours is a credential wherever it is: it may not ride along with another one.
  if (usable_ > 0)
    return conflict(Reason::CredentialsInTwoPlaces, "a credential in a field, and an API key in the query");
  fail(Reason::KeyInWrongPlace, "an API key in the query, where it is not taken", Scheme::ApiKey,
       holds_in_other_case(query, name) ? Hint::QueryName : Hint::KeyPlaces);
}

void Finder::read_query_token(std::string_view query) {
  if (!policy_.accepts(Scheme::Bearer) || http::find_parameter(query, "access_token").count == 0) return;
  see(Place::Query, Scheme::Bearer);
  const bool token_in_field = found_.credential && found_.credential->scheme == Scheme::Bearer;
  // RFC 6750 section 2: not more than one method in one request.
  if (token_in_field)
    return conflict(Reason::CredentialsInTwoPlaces, "a token in Authorization, and access_token in the query");
  fail(Reason::CredentialsMissing, "access_token in the query, which is not read: a URL ends in logs");
}

// A browser sends its cookie with every request, wanted or not. So a credential that was put into the request decides alone, right or
// wrong; the cookie counts where there is none that this route could take.
void Finder::read_cookie(const http::RequestView& request) {
  if (!policy_.accepts(Scheme::Session)) return;
  const http::CookieMatch match = http::find_cookie(request.fields, policy_.settings().session.cookie);
  if (match.count == 0) return;
  see(Place::Cookie, Scheme::Session);
  const bool decided = usable_ > 0 || conflict_ || (found_.reason != Reason::CredentialsMissing && found_.reason != Reason::SchemeUnsupported);
  if (decided) return;
  // Threat: a page of a sibling host plants a second cookie of that name, and with it a session of its own.
  if (match.count > 1) return conflict(Reason::CredentialsDuplicateHeader, "the session cookie twice");
  if (match.value.empty()) return fail(Reason::SessionUnknown, "a session cookie with nothing in it", Scheme::Session);
  accept(Scheme::Session, Place::Cookie, match.value);
}

void Finder::look_for_stray_key(const http::RequestView& request) {
  // Where a session alone counts there is nothing to say of keys.
  if (usable_ > 0 || conflict_ || policy_.accepts_only(Scheme::Session)) return;
  const bool takes_keys = policy_.accepts(Scheme::ApiKey);
  if (find_api_key(request.target.substr(0, request.target.find('?')))) {
    see(Place::Path, Scheme::ApiKey);
    if (takes_keys) return fail(Reason::KeyInWrongPlace, "an API key in the path, where it is not taken", Scheme::ApiKey, Hint::KeyPlaces);
    return fail(Reason::CredentialsMissing, "an API key in the path, and this route takes no API keys", std::nullopt, Hint::Accepted);
  }
  if (found_.seen_count > 0) return;
  for (const http::Field& field : request.fields) {
    if (!looks_like_api_key(field.value) || !parse_api_key(field.value)) continue;
    see(Place::OtherField, Scheme::ApiKey);
    if (takes_keys) return fail(Reason::CredentialsMissing, "an API key in a field where it is not looked for", std::nullopt, Hint::KeyPlaces, field.name);
    return fail(Reason::CredentialsMissing, "an API key in a field, and this route takes no API keys", std::nullopt, Hint::Accepted, field.name);
  }
}

FoundCredentials Finder::decide() const {
  FoundCredentials found = found_;
  if (found.seen_count == 0 && policy_.accepts_only(Scheme::Session)) {
    found.reason = Reason::SessionMissing;
    found.scheme = Scheme::Session;
  }
  if (!conflict_ && usable_ == 1) {
    found.reason = Reason::Allowed;
    found.detail = {};
    found.hint = Hint::None;
    found.subject = {};
    found.scheme = found.credential->scheme;
    return found;
  }
  if (!conflict_ && usable_ > 1) {
    found.reason = Reason::CredentialsInTwoPlaces;
    found.detail = "two credentials that this route accepts";
    found.scheme.reset();
    found.hint = Hint::None;
    found.subject = {};
  }
  found.credential.reset();
  return found;
}

}  // namespace

std::string_view place_name(Place place) {
  switch (place) {
    case Place::Authorization: return "Authorization";
    case Place::KeyHeader: return "key header";
    case Place::Query: return "query";
    case Place::Cookie: return "cookie";
    case Place::OtherField: return "another field";
    case Place::Path: return "path";
  }
  return {};
}

FoundCredentials find_credentials(const http::RequestView& request, const RoutePolicy& policy) {
  Finder finder(request, policy);
  if (!policy.is_public()) {
    finder.read_fields(request);
    const std::size_t mark = request.target.find('?');
    if (mark != std::string_view::npos) finder.read_query(request.target.substr(mark + 1));
    finder.read_cookie(request);
    finder.look_for_stray_key(request);
  }
  return finder.decide();
}

}  // namespace quivive::auth
