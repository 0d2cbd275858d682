#pragma once
// Capture: all that one input says, whatever its format. Readers make it; rules read it.

#include "diagnose/exchange.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::diagnose {

enum class Format : std::uint8_t { Curl, CurlVerbose, CurlTrace, Http, Har, Postman, Token, Header };
inline constexpr std::array<std::string_view, 8> kFormatNames = {"curl", "curl-verbose", "curl-trace", "http",
                                                                 "har",  "postman",      "token",      "header"};
[[nodiscard]] constexpr std::string_view name_of(Format format) { return kFormatNames[static_cast<std::size_t>(format)]; }
[[nodiscard]] std::optional<Format> format_from_name(std::string_view name);

// Something about how a request was written (in a command, a collection), seen by the reader because only it has the source.
struct SourceRemark {
  enum class Kind : std::uint8_t {
    Placeholder,           // text: `{{token}}`, `${TOKEN}`, `<YOUR_TOKEN>`, `%TOKEN%`: sent as it stands
    MaybePlaceholder,      // a Postman variable that the given scopes do not define, while no environment was given
    SingleQuotedVariable,  // text: `$TOKEN` within single quotes, which the shell does not expand
    ShellExpands,          // text: `$word`, `!…` or a backtick within double quotes or bare: the shell replaces it
    BareWord,              // text: a word of a curl command that is neither an option, its value, nor a URL
    Background,            // an unquoted & cut the command there; text: what follows
    DisabledItem,          // a header or parameter that is in the collection but switched off; text: its name
  };
  Kind kind{};
  std::size_t exchange = 0;
  std::string part;  // where: "request.header", "request.url", "request.body", "command"
  std::string name;  // of the field or parameter; "" where there is none
  std::string text;
};

// What a curl command asked for, beside the request that it makes.
struct CurlCommand {
  std::vector<std::string> words;  // after quoting was undone, "curl" first
  bool windows = false;            // cmd.exe quoting
  // Every option, by its long name without --, in the order given; "" for a flag, "no" for one switched off.
  std::vector<std::pair<std::string, std::string>> options;
  // The first that curl does not have and that is almost called like one of its own: what it is, and what was meant.
  struct Misspelt {
    std::string typed;
    std::string_view meant;  // without --; static storage
  };
  std::optional<Misspelt> misspelt;
  std::optional<std::string> user;           // -u
  std::optional<std::string> proxy_user;     // -U
  std::optional<std::string> proxy;          // -x
  std::optional<std::string> oauth2_bearer;  // --oauth2-bearer
  std::optional<std::string> aws_sigv4;      // --aws-sigv4
  bool basic = false, digest = false, ntlm = false, negotiate = false, any_auth = false;
  bool proxy_any_auth = false;
  bool follow = false;          // -L
  bool trust_location = false;  // --location-trusted
  bool netrc = false;
  bool insecure = false;
  bool client_certificate = false;
  bool resolves = false;              // --resolve or --connect-to
  bool header_authorization = false;  // an -H 'Authorization: …'
};

// What was declared about the credentials of a request without being in its text (Postman's auth helper).
struct DeclaredAuth {
  std::size_t exchange = 0;
  std::string type;                 // "bearer", "basic", "apikey", "digest", "oauth2", "awsv4", "ntlm", "hawk", "noauth"
  std::vector<HeaderField> params;  // as in the collection, variables resolved
};

// The bearer token that a request would carry now, beside an example of it that was saved earlier (Postman).
struct CurrentToken {
  std::size_t exchange = 0;
  std::string token;
};

// A request that was sent beside the one in question, to tell causes apart; what it got.
struct Probe {
  enum class Kind : std::uint8_t { WithoutCredentials, WrongCredentials, OtherScheme };
  Kind kind{};
  std::string scheme;  // of OtherScheme
  Exchange exchange;
};

// What our own gateway remembers of a rejection: asked for by whoever runs it (`quivive explain`), never in the input.
struct GatewayRecord {
  std::size_t exchange = 0;  // in Capture::exchanges
  std::string reason;        // a code of base/reasons.def
  std::string meaning;       // its text for operators
  std::string seen;          // what was found in this request; "" where there is nothing to add
  std::string route;         // its name; "" where none matched
  std::string check, note;   // the first check that failed, and what it compared; "" where none did
};

struct Capture {
  Format format = Format::Http;
  std::string tool;                    // "curl/7.88.1", "WebInspector", "Firefox 128", "HTTPie/3.2.2"; "" where unknown
  std::size_t total = 0;               // exchanges in the input
  std::vector<Exchange> exchanges;     // in order; not all of them where `total` is greater, but all that matter
  std::optional<CurlCommand> command;  // where the input is, or begins with, a curl command
  std::vector<SourceRemark> remarks;
  std::vector<DeclaredAuth> declared;
  std::vector<CurrentToken> current;
  std::vector<Probe> probes;  // about the last refused exchange
  std::vector<GatewayRecord> records;
  // The tool takes credentials out of what it writes, and there are none anywhere (Chrome's sanitised HAR): their absence
  // here proves nothing.
  bool credentials_hidden = false;
  // Written by a person or program and not yet sent: placeholders in it are placeholders, not values.
  bool is_source = false;
  // A bare token or field line: one exchange that was made up to hold it. The output says that there is none.
  bool is_loose = false;
};

}  // namespace quivive::diagnose
