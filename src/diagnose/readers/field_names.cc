#include "diagnose/readers/field_names.h"

#include "diagnose/text.h"

#include <array>

namespace quivive::diagnose::readers {
namespace {

constexpr auto kResponse = std::to_array<std::string_view>(
    {"www-authenticate", "proxy-authenticate", "set-cookie", "server", "location", "authentication-info", "proxy-authentication-info",
     "retry-after", "vary", "etag", "age", "x-powered-by", "allow", "strict-transport-security", "dpop-nonce", "x-amzn-errortype",
     "x-amzn-requestid", "www-authentication-info"});
constexpr auto kEither = std::to_array<std::string_view>(
    {"date", "content-type", "content-length", "cache-control", "connection", "via", "transfer-encoding", "content-encoding"});
constexpr auto kAuth = std::to_array<std::string_view>({"authorization",
                                                        "www-authenticate",
                                                        "proxy-authorization",
                                                        "proxy-authenticate",
                                                        "cookie",
                                                        "set-cookie",
                                                        "authentication-info",
                                                        "x-api-key",
                                                        "api-key",
                                                        "apikey",
                                                        "x-auth-token",
                                                        "dpop",
                                                        "private-token",
                                                        "job-token",
                                                        "ocp-apim-subscription-key",
                                                        "x-amz-security-token",
                                                        "authorisation",
                                                        "authentication",
                                                        "auhtorization",
                                                        "authorization-token",
                                                        "auth",
                                                        "x-authorization",
                                                        "token",
                                                        "x-access-token",
                                                        "x-csrf-token"});

}  // namespace

FieldSide side_of(std::string_view name) {
  return is_one_of(name, kResponse) ? FieldSide::Response : is_one_of(name, kEither) ? FieldSide::Either : FieldSide::Request;
}

bool is_auth_field(std::string_view name) { return is_one_of(name, kAuth); }

}  // namespace quivive::diagnose::readers
