#include "jose/raw_jwt.h"

#include "base/base64.h"
#include "base/text.h"

#include <algorithm>

namespace quivive::jose {
namespace {

constexpr std::size_t kMaxDepth = 16;

template <class... Args>
JwtFailure malformed(fmt::format_string<Args...> format, Args&&... args) {
  return {Reason::TokenMalformed, fmt::format(format, std::forward<Args>(args)...)};
}

// One part of the token as a JSON object.
Result<JsonObject, JwtFailure> object_part(std::string_view part, std::string_view name) {
  const auto text = base64url_decode(part);
  if (!text) return malformed("the {} is not base64url without padding", name);
  auto json = parse_json(*text, {.depth = kMaxDepth, .bytes = text->size()});
  if (!json) return malformed("the {} is {}", name, json.error().message);
  if (!json->is_object()) return malformed("the {} is not a JSON object", name);
  return std::move(json->get_object());
}

// Header parameters that are strings where they are there (RFC 7515 section 4.1).
std::optional<JwtFailure> take_text(const JsonObject& header, std::string_view name, std::string_view& out) {
  const Json* value = member(header, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return malformed("the header's {} is not a string", name);
  out = value->get_string();
  return std::nullopt;
}

}  // namespace

Result<RawJwt, JwtFailure> RawJwt::parse(std::string_view compact, std::size_t max_size) {
  if (compact.empty()) return JwtFailure{Reason::TokenEmpty, "no text"};
  if (compact.size() > max_size) return malformed("{} octets; at most {} are read", compact.size(), max_size);
  const auto dots = std::count(compact.begin(), compact.end(), '.');
  if (dots == 4) return JwtFailure{Reason::TokenEncrypted, "five parts: a JWE"};
  if (dots != 2) return malformed("{} parts; a compact JWS has 3", dots + 1);

  auto contents = std::make_shared<Contents>();
  contents->compact = compact;
  const std::string_view text = contents->compact;
  const std::size_t first = text.find('.'), last = text.rfind('.');
  contents->signing_size = last;

  auto header = object_part(text.substr(0, first), "header");
  if (!header) return header.error();
  contents->header = std::move(*header);
  const JsonObject& head = contents->header;
  if (member(head, "alg") == nullptr) return malformed("the header has no alg");
  for (const auto& [name, out] : {std::pair{"alg", &contents->algorithm_name},
                                  {"kid", &contents->kid},
                                  {"typ", &contents->type},
                                  {"cty", &contents->content_type}}) {
    if (auto failure = take_text(head, name, *out)) return std::move(*failure);
  }
  // Threat: "none", in any spelling that some reader takes for it, or nothing where the signature belongs.
  if (iequals(contents->algorithm_name, "none")) return JwtFailure{Reason::TokenAlgNone, "alg is none"};
  if (last + 1 == text.size()) return JwtFailure{Reason::TokenAlgNone, "the signature is empty"};
  if (member(head, "crit") != nullptr) {
    return JwtFailure{Reason::TokenCriticalHeader, "crit is there; no extension is understood"};
  }
  // RFC 7797 changes what is signed; its crit may have been left out to slip past.
  if (member(head, "b64") != nullptr) {
    return JwtFailure{Reason::TokenCriticalHeader, "b64 is there; unencoded payloads are not understood"};
  }
  contents->algorithm = parse_algorithm(contents->algorithm_name);

  auto signature = base64url_decode(text.substr(last + 1));
  if (!signature) return malformed("the signature is not base64url without padding");
  contents->signature = std::move(*signature);
  auto claims = object_part(text.substr(first + 1, last - first - 1), "payload");
  if (!claims) return claims.error();
  contents->claims = std::move(*claims);
  contents->issuer = string_member(contents->claims, "iss").value_or("");
  return RawJwt(std::move(contents));
}

bool is_media_type(std::string_view typ, std::string_view subtype) {
  constexpr std::string_view prefix = "application/";
  if (iequals(typ.substr(0, prefix.size()), prefix)) typ.remove_prefix(prefix.size());
  return iequals(typ, subtype);
}

}  // namespace quivive::jose
