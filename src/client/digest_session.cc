#include "client/digest_session.h"

#include "base/base64.h"
#include "base/text.h"
#include "client/origin.h"
#include "crypto/constant_time.h"
#include "http/credentials.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

constexpr std::size_t kCnonceBytes = 24;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void append_quoted(std::string& out, std::string_view name, std::string_view value) {
  out.append(", ").append(name).append("=");
  http::append_quoted_string(out, value);
}

// ext-value = charset "'" [ language ] "'" value-chars (RFC 8187 section 3.2)
std::string extended(std::string_view text) {
  std::string out = "UTF-8''";
  for (const char c : text) {
    const bool attr_char = http::is_tchar(c) && c != '*' && c != '\'' && c != '%';
    if (attr_char) {
      out += c;
    } else {
      const auto escaped = http::percent_encoded(static_cast<std::uint8_t>(c));
      out.append(escaped.data(), escaped.size());
    }
  }
  return out;
}

digest::ResponseInput input_of(const DigestProof& proof, std::string_view method, std::string_view body_hash) {
  return {.algorithm = proof.algorithm,
          .method = method,
          .uri = proof.uri,
          .nonce = proof.nonce,
          .nc = proof.nc,
          .cnonce = proof.cnonce,
          .qop = proof.qop,
          .body_hash = body_hash};
}

}  // namespace

bool DigestSession::covers(std::string_view origin, std::string_view path) const {
  bool names_this_origin = false;
  for (std::string_view rest = challenge_.domain; !rest.empty();) {
    const std::string_view uri = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), uri.size() + 1));
    std::string_view prefix;
    std::optional<TargetUrl> absolute;
    if (uri.starts_with('/') && !uri.starts_with("//")) {
      prefix = uri;
    } else if ((absolute = parse_target_url(uri)) && absolute->origin.text() == origin) {
      prefix = absolute->path;
    } else {
      continue;  // Threat: a server that names others' hosts would be sent there what is made with the password
    }
    if (path.starts_with(prefix)) return true;
    names_this_origin = true;
  }
  return !names_this_origin;
}

DigestAuthorization DigestSession::authorize(const DigestRequest& request, RandomSource& random) {
  const bool session = digest::info(challenge_.algorithm).session;
  if (session && !session_cnonce_.empty()) return authorize_with(request, session_cnonce_);
  std::string cnonce = base64url_encode(random.bytes(kCnonceBytes));
  if (session) session_cnonce_ = cnonce;
  return authorize_with(request, std::move(cnonce));
}

DigestAuthorization DigestSession::authorize_with(const DigestRequest& request, std::string cnonce) {
  digest::DigestHasher hasher;
  const digest::DigestAlgorithmInfo& row = digest::info(challenge_.algorithm);
  DigestProof proof;
  proof.algorithm = challenge_.algorithm;
  proof.nonce = challenge_.nonce;
  proof.uri = request.uri;
  proof.secret = Secret(hasher.secret(row.hash, request.user, challenge_.realm, request.password).str());
  ++count_;
  if (challenge_.auth || challenge_.auth_int) {
    proof.qop = challenge_.auth ? "auth" : "auth-int";
    proof.nc = fmt::format("{:08x}", count_);
    proof.cnonce = std::move(cnonce);
  }
  const std::string body_hash = proof.qop == "auth-int" ? hasher.body_hash(row.hash, request.body.value_or("")).str() : std::string();
  const std::string response = hasher.response(input_of(proof, request.method, body_hash), proof.secret.reveal(RevealSecret{})).str();

  // In the order of the examples of RFC 7616 section 3.9.
  std::string value = "Digest ";
  if (challenge_.userhash) {
    value.append("username=\"").append(hasher.user_hash(row.hash, request.user, challenge_.realm).view()).append("\"");
  } else if (challenge_.utf8 && !is_ascii(request.user)) {
    value.append("username*=").append(extended(request.user));  // section 3.4: what a quoted string has no octets for
  } else {
    value.append("username=");
    http::append_quoted_string(value, request.user);
  }
  append_quoted(value, "realm", challenge_.realm);
  append_quoted(value, "uri", request.uri);
  if (challenge_.algorithm_said) value.append(", algorithm=").append(row.name);
  append_quoted(value, "nonce", challenge_.nonce);
  if (!proof.qop.empty()) {
    value.append(", nc=").append(proof.nc);
    append_quoted(value, "cnonce", proof.cnonce);
    value.append(", qop=").append(proof.qop);
  }
  append_quoted(value, "response", response);
  if (challenge_.opaque) append_quoted(value, "opaque", *challenge_.opaque);
  if (challenge_.userhash) value.append(", userhash=true");
  return {Secret(std::move(value)), std::move(proof)};
}

ServerProof DigestSession::take_authentication_info(std::string_view value, const DigestProof& proof) {
  const http::ParsedCredentials info = http::parse_credentials("Digest " + std::string(value));
  const auto differs = [&](std::string_view name, std::string_view ours) {
    const std::string* theirs = info.param(name);
    return theirs != nullptr && !iequals(*theirs, ours);
  };
  ServerProof result = ServerProof::Unproved;
  const std::string* rspauth = info.param("rspauth");
  const std::string* qop = info.param("qop");
  const bool over_body = proof.qop == "auth-int" || (qop != nullptr && iequals(*qop, "auth-int"));
  if (rspauth != nullptr && !over_body) {
    digest::DigestHasher hasher;
    const auto expected = hasher.rspauth(input_of(proof, {}, {}), proof.secret.reveal(RevealSecret{}));
    const bool right = crypto::constant_time_equal(to_lower(*rspauth), expected.view()) && !differs("nc", proof.nc);
    const std::string* cnonce = info.param("cnonce");
    // Threat: somebody who answers in the server's place, with the proof of another exchange.
    if (!right || (cnonce != nullptr && *cnonce != proof.cnonce)) return ServerProof::Wrong;
    result = ServerProof::Right;
  }
  const std::string* next = info.param("nextnonce");
  // The nonce that there is already keeps its count: one that began anew would be taken for a replay.
  if (next != nullptr && !next->empty() && *next != challenge_.nonce && !digest::info(challenge_.algorithm).session) {
    challenge_.nonce = *next;
    count_ = 0;
  }
  return result;
}

}  // namespace quivive::client
