#include "diagnose/rules/digest_detail.h"

#include "base/text.h"
#include "diagnose/latin1.h"
#include "digest/response.h"
#include "http/credentials.h"
#include "http/query.h"

namespace quivive::diagnose::digest_detail {
namespace {

// Nothing where it cannot be computed with: not known, or not offered by this installation of OpenSSL.
std::optional<digest::DigestAlgorithm> algorithm_from(std::string_view name) {
  const auto algorithm = name.empty() ? std::optional(digest::DigestAlgorithm::Md5) : digest::parse_algorithm(name);
  return algorithm && crypto::hash_available(digest::info(*algorithm).hash) ? algorithm : std::nullopt;
}

}  // namespace

std::optional<SentDigest> sent_digest(const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !sent->is("Digest")) return std::nullopt;
  const http::ParsedCredentials parsed = http::parse_credentials(sent->value);
  const auto text = [&](std::string_view name) {
    const std::string* value = parsed.param(name);
    return value == nullptr ? std::string() : *value;
  };
  SentDigest out{.username = text("username"),
                 .realm = text("realm"),
                 .nonce = text("nonce"),
                 .uri = text("uri"),
                 .response = text("response"),
                 .algorithm = text("algorithm"),
                 .cnonce = text("cnonce"),
                 .nc = text("nc"),
                 .qop = text("qop"),
                 .opaque = text("opaque")};
  // username*=UTF-8''J%C3%A4s (RFC 8187 section 3.2)
  if (const std::string extended = text("username*"); out.username.empty() && !extended.empty()) {
    out.username = http::form_decode(std::string_view(extended).substr(extended.rfind('\'') + 1));
  }
  out.userhash = iequals(text("userhash"), "true");
  out.has_opaque = parsed.param("opaque") != nullptr;
  return out;
}

std::optional<std::string> compute_response(const DigestInput& in) {
  const auto algorithm = algorithm_from(in.algorithm);
  if (!algorithm) return std::nullopt;
  digest::DigestHasher hasher;
  const crypto::HashKind hash = digest::info(*algorithm).hash;
  const digest::HexDigest secret = hasher.secret(hash, in.user, in.realm, in.password);
  const digest::HexDigest body = hasher.body_hash(hash, in.body);
  const digest::ResponseInput input{.algorithm = *algorithm,
                                    .method = in.method,
                                    .uri = in.uri,
                                    .nonce = in.nonce,
                                    .nc = in.nc,
                                    .cnonce = in.cnonce,
                                    .qop = in.qop,
                                    .body_hash = body.view()};
  return hasher.response(input, secret.view()).str();
}

std::optional<Explanation> explain_response(const DigestInput& right, std::string_view sent, const std::string& target) {
  const auto fits = [&](const DigestInput& changed) {
    const auto response = compute_response(changed);
    return response && iequals(*response, sent);
  };
  std::optional<Explanation> found;
  const auto attempt = [&](std::string what, auto&& change) {
    if (found) return;
    DigestInput changed = right;
    change(changed);
    if (fits(changed)) found = Explanation{std::move(what)};
  };
  attempt("the password were empty", [](DigestInput& in) { in.password.clear(); });
  attempt("a line feed ended the password", [](DigestInput& in) { in.password += '\n'; });
  attempt("the password were in double quotes", [](DigestInput& in) { in.password = '"' + in.password + '"'; });
  attempt("the password were cut at its first '$'",
          [](DigestInput& in) { in.password.resize(std::min(in.password.size(), in.password.find('$'))); });
  attempt("the password were form-decoded first", [](DigestInput& in) { in.password = http::form_decode(in.password); });
  attempt("user name and password were in ISO-8859-1", [](DigestInput& in) {
    in.user = to_latin1(in.user).value_or(in.user);
    in.password = to_latin1(in.password).value_or(in.password);
  });
  attempt("the user name were in lower case", [](DigestInput& in) { in.user = to_lower(in.user); });
  attempt("the realm were empty", [](DigestInput& in) { in.realm.clear(); });
  if (!target.empty()) attempt("it were computed over " + target, [&](DigestInput& in) { in.uri = target; });
  attempt("it were computed over the path without the query",
          [](DigestInput& in) { in.uri.resize(std::min(in.uri.size(), in.uri.find('?'))); });
  for (const std::string_view method : {"GET", "POST", "PUT", "HEAD", "DESCRIBE"}) {
    if (method != right.method)
      attempt("it were computed for the method " + std::string(method), [&](DigestInput& in) { in.method = method; });
  }
  for (const std::string_view name : {"MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"}) {
    attempt("it were computed with " + std::string(name), [&](DigestInput& in) { in.algorithm = name; });
  }
  attempt("it were computed without qop, nc and cnonce", [](DigestInput& in) { in.qop.clear(); });
  return found;
}

std::vector<std::string> qop_values(std::string_view qop) {
  std::vector<std::string> out;
  while (!qop.empty()) {
    const std::string_view piece = qop.substr(0, qop.find(','));
    qop.remove_prefix(std::min(qop.size(), piece.size() + 1));
    if (const std::string_view value = trim_ows(piece); !value.empty()) out.push_back(to_lower(value));
  }
  return out;
}

std::string_view algorithm_of(const http::Challenge& challenge) {
  const std::string* name = challenge.param("algorithm");
  return name == nullptr || name->empty() ? std::string_view("MD5") : std::string_view(*name);
}

std::string param(const http::Challenge& challenge, std::string_view name) {
  const std::string* value = challenge.param(name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace quivive::diagnose::digest_detail
