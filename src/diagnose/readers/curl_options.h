#pragma once
// curl's options as data: which take a value, and which say something about credentials or the request.

#include <cstdint>
#include <optional>
#include <string_view>

namespace quivive::diagnose::readers {

// Other: known, and without influence on what is read here.
enum class CurlId : std::uint8_t {
  Other,
  AnyAuth,
  AwsSigv4,
  Basic,
  Cert,
  ConnectTo,
  Cookie,
  Data,
  DataAscii,
  DataBinary,
  DataRaw,
  DataUrlencode,
  Digest,
  Form,
  FormString,
  Get,
  Head,
  Header,
  Include,
  Insecure,
  Json,
  Location,
  LocationTrusted,
  Negotiate,
  Netrc,
  Next,
  Ntlm,
  Oauth2Bearer,
  Proxy,
  ProxyAnyAuth,
  ProxyUser,
  Referer,
  Request,
  RequestTarget,
  Resolve,
  UploadFile,
  Url,
  UrlQuery,
  User,
  UserAgent,
};

struct CurlOption {
  std::string_view name;  // without the leading --, and without a leading no-
  char letter = '\0';
  bool takes_value = false;
  CurlId id = CurlId::Other;
};

struct FoundOption {
  const CurlOption* option = nullptr;
  bool on = true;  // false for --no-…
};

// The option of that name (without --), as curl finds it: exactly, or by a beginning that only one name has; or nothing.
[[nodiscard]] std::optional<FoundOption> find_long_option(std::string_view name);
// The option that such a name, which find_long_option() does not find, was most likely meant to be; "" where none is near. Nor is one where they differ
// in a digit: a later curl may have --http4.
[[nodiscard]] std::string_view meant_option(std::string_view name);
// nullptr where curl has no such letter.
[[nodiscard]] const CurlOption* find_short_option(char letter);

}  // namespace quivive::diagnose::readers
