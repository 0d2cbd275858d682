#include "diagnose/readers/curl_options.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {
namespace {

// By name, as curl --help all lists them, and those of later versions.
constexpr auto kOptions = std::to_array<CurlOption>({
    {"abstract-unix-socket", '\0', true}, {"alpn"}, {"alt-svc", '\0', true}, {"anyauth", '\0', false, CurlId::AnyAuth}, {"append", 'a'},
    {"aws-sigv4", '\0', true, CurlId::AwsSigv4}, {"basic", '\0', false, CurlId::Basic}, {"buffer", 'N'}, {"ca-native"},
    {"cacert", '\0', true}, {"capath", '\0', true}, {"cert", 'E', true, CurlId::Cert}, {"cert-status"}, {"cert-type", '\0', true},
    {"ciphers", '\0', true}, {"clobber"}, {"compressed"}, {"compressed-ssh"}, {"config", 'K', true}, {"connect-timeout", '\0', true},
    {"connect-to", '\0', true, CurlId::ConnectTo}, {"continue-at", 'C', true}, {"cookie", 'b', true, CurlId::Cookie},
    {"cookie-jar", 'c', true}, {"create-dirs"}, {"create-file-mode", '\0', true}, {"crlf"}, {"crlfile", '\0', true},
    {"curves", '\0', true}, {"data", 'd', true, CurlId::Data}, {"data-ascii", '\0', true, CurlId::DataAscii},
    {"data-binary", '\0', true, CurlId::DataBinary}, {"data-raw", '\0', true, CurlId::DataRaw},
    {"data-urlencode", '\0', true, CurlId::DataUrlencode}, {"delegation", '\0', true}, {"digest", '\0', false, CurlId::Digest},
    {"disable", 'q'}, {"disable-eprt"}, {"disable-epsv"}, {"disallow-username-in-url"}, {"dns-interface", '\0', true},
    {"dns-ipv4-addr", '\0', true}, {"dns-ipv6-addr", '\0', true}, {"dns-servers", '\0', true}, {"doh-cert-status"}, {"doh-insecure"},
    {"doh-url", '\0', true}, {"dump-header", 'D', true}, {"ech", '\0', true}, {"egd-file", '\0', true}, {"engine", '\0', true},
    {"eprt"}, {"epsv"}, {"etag-compare", '\0', true}, {"etag-save", '\0', true}, {"expand-data", '\0', true},
    {"expand-header", '\0', true}, {"expand-url", '\0', true}, {"expand-user", '\0', true}, {"expect100-timeout", '\0', true},
    {"fail", 'f'}, {"fail-early"}, {"fail-with-body"}, {"false-start"}, {"follow"}, {"form", 'F', true, CurlId::Form}, {"form-escape"},
    {"form-string", '\0', true, CurlId::FormString}, {"ftp-account", '\0', true}, {"ftp-alternative-to-user", '\0', true},
    {"ftp-create-dirs"}, {"ftp-method", '\0', true}, {"ftp-pasv"}, {"ftp-port", 'P', true}, {"ftp-pret"}, {"ftp-skip-pasv-ip"},
    {"ftp-ssl-ccc"}, {"ftp-ssl-ccc-mode", '\0', true}, {"ftp-ssl-control"}, {"get", 'G', false, CurlId::Get}, {"globoff", 'g'},
    {"happy-eyeballs-timeout-ms", '\0', true}, {"haproxy-clientip", '\0', true}, {"haproxy-protocol"},
    {"head", 'I', false, CurlId::Head}, {"header", 'H', true, CurlId::Header}, {"help", 'h', true}, {"hostpubmd5", '\0', true},
    {"hostpubsha256", '\0', true}, {"hsts", '\0', true}, {"http0.9"}, {"http1.0", '0'}, {"http1.1"}, {"http2"},
    {"http2-prior-knowledge"}, {"http3"}, {"http3-only"}, {"ignore-content-length"}, {"include", 'i', false, CurlId::Include},
    {"insecure", 'k', false, CurlId::Insecure}, {"interface", '\0', true}, {"ip-tos", '\0', true}, {"ipfs-gateway", '\0', true},
    {"ipv4", '4'}, {"ipv6", '6'}, {"json", '\0', true, CurlId::Json}, {"junk-session-cookies", 'j'}, {"keepalive"},
    {"keepalive-cnt", '\0', true}, {"keepalive-time", '\0', true}, {"key", '\0', true}, {"key-type", '\0', true}, {"krb", '\0', true},
    {"libcurl", '\0', true}, {"limit-rate", '\0', true}, {"list-only", 'l'}, {"local-port", '\0', true},
    {"location", 'L', false, CurlId::Location}, {"location-trusted", '\0', false, CurlId::LocationTrusted},
    {"login-options", '\0', true}, {"mail-auth", '\0', true}, {"mail-from", '\0', true}, {"mail-rcpt", '\0', true},
    {"mail-rcpt-allowfails"}, {"manual", 'M'}, {"max-filesize", '\0', true}, {"max-redirs", '\0', true}, {"max-time", 'm', true},
    {"metalink"}, {"mptcp"}, {"negotiate", '\0', false, CurlId::Negotiate}, {"netrc", 'n', false, CurlId::Netrc},
    {"netrc-file", '\0', true, CurlId::Netrc}, {"netrc-optional", '\0', false, CurlId::Netrc}, {"next", ':', false, CurlId::Next},
    {"noproxy", '\0', true}, {"npn"}, {"ntlm", '\0', false, CurlId::Ntlm}, {"ntlm-wb", '\0', false, CurlId::Ntlm},
    {"oauth2-bearer", '\0', true, CurlId::Oauth2Bearer}, {"out-null"}, {"output", 'o', true}, {"output-dir", '\0', true},
    {"parallel", 'Z'}, {"parallel-immediate"}, {"parallel-max", '\0', true}, {"parallel-max-host", '\0', true}, {"pass", '\0', true},
    {"path-as-is"}, {"pinnedpubkey", '\0', true}, {"post301"}, {"post302"}, {"post303"}, {"preproxy", '\0', true},
    {"progress-bar", '#'}, {"progress-meter"}, {"proto", '\0', true}, {"proto-default", '\0', true}, {"proto-redir", '\0', true},
    {"proxy", 'x', true, CurlId::Proxy}, {"proxy-anyauth", '\0', false, CurlId::ProxyAnyAuth}, {"proxy-basic"}, {"proxy-ca-native"},
    {"proxy-cacert", '\0', true}, {"proxy-capath", '\0', true}, {"proxy-cert", '\0', true}, {"proxy-cert-type", '\0', true},
    {"proxy-ciphers", '\0', true}, {"proxy-crlfile", '\0', true}, {"proxy-digest"}, {"proxy-header", '\0', true}, {"proxy-http2"},
    {"proxy-insecure"}, {"proxy-key", '\0', true}, {"proxy-key-type", '\0', true}, {"proxy-negotiate"}, {"proxy-ntlm"},
    {"proxy-pass", '\0', true}, {"proxy-pinnedpubkey", '\0', true}, {"proxy-service-name", '\0', true}, {"proxy-ssl-allow-beast"},
    {"proxy-ssl-auto-client-cert"}, {"proxy-tls13-ciphers", '\0', true}, {"proxy-tlsauthtype", '\0', true},
    {"proxy-tlspassword", '\0', true}, {"proxy-tlsuser", '\0', true}, {"proxy-tlsv1"}, {"proxy-user", 'U', true, CurlId::ProxyUser},
    {"proxy1.0", '\0', true, CurlId::Proxy}, {"proxytunnel", 'p'}, {"pubkey", '\0', true}, {"quote", 'Q', true},
    {"random-file", '\0', true}, {"range", 'r', true}, {"rate", '\0', true}, {"raw"}, {"referer", 'e', true, CurlId::Referer},
    {"remote-header-name", 'J'}, {"remote-name", 'O'}, {"remote-name-all"}, {"remote-time", 'R'}, {"remove-on-error"},
    {"request", 'X', true, CurlId::Request}, {"request-target", '\0', true, CurlId::RequestTarget},
    {"resolve", '\0', true, CurlId::Resolve}, {"retry", '\0', true}, {"retry-all-errors"}, {"retry-connrefused"},
    {"retry-delay", '\0', true}, {"retry-max-time", '\0', true}, {"sasl-authzid", '\0', true}, {"sasl-ir"},
    {"service-name", '\0', true}, {"sessionid"}, {"show-error", 'S'}, {"sigalgs", '\0', true}, {"silent", 's'}, {"skip-existing"},
    {"socks4", '\0', true}, {"socks4a", '\0', true}, {"socks5", '\0', true}, {"socks5-basic"}, {"socks5-gssapi"}, {"socks5-gssapi-nec"},
    {"socks5-gssapi-service", '\0', true}, {"socks5-hostname", '\0', true}, {"speed-limit", 'Y', true}, {"speed-time", 'y', true},
    {"ssl"}, {"ssl-allow-beast"}, {"ssl-auto-client-cert"}, {"ssl-no-revoke"}, {"ssl-reqd"}, {"ssl-revoke-best-effort"}, {"sslv2", '2'},
    {"sslv3", '3'}, {"stderr", '\0', true}, {"styled-output"}, {"suppress-connect-headers"}, {"tcp-fastopen"}, {"tcp-nodelay"},
    {"telnet-option", 't', true}, {"tftp-blksize", '\0', true}, {"tftp-no-options"}, {"time-cond", 'z', true}, {"tls-earlydata"},
    {"tls-max", '\0', true}, {"tls13-ciphers", '\0', true}, {"tlsauthtype", '\0', true}, {"tlspassword", '\0', true},
    {"tlsuser", '\0', true}, {"tlsv1", '1'}, {"tlsv1.0"}, {"tlsv1.1"}, {"tlsv1.2"}, {"tlsv1.3"}, {"tr-encoding"}, {"trace", '\0', true},
    {"trace-ascii", '\0', true}, {"trace-config", '\0', true}, {"trace-ids"}, {"trace-time"}, {"unix-socket", '\0', true},
    {"upload-file", 'T', true, CurlId::UploadFile}, {"upload-flags", '\0', true}, {"url", '\0', true, CurlId::Url},
    {"url-query", '\0', true, CurlId::UrlQuery}, {"use-ascii", 'B'}, {"user", 'u', true, CurlId::User},
    {"user-agent", 'A', true, CurlId::UserAgent}, {"variable", '\0', true}, {"verbose", 'v'}, {"version", 'V'},
    {"vlan-priority", '\0', true}, {"write-out", 'w', true}, {"xattr"},
});

static_assert(std::is_sorted(kOptions.begin(), kOptions.end(), [](const CurlOption& a, const CurlOption& b) { return a.name < b.name; }));

const CurlOption* find_name(std::string_view name) {
  const auto first = std::lower_bound(kOptions.begin(), kOptions.end(), name, [](const CurlOption& option, std::string_view n) { return option.name < n; });
  if (first == kOptions.end() || !first->name.starts_with(name)) return nullptr;
  if (first->name == name) return &*first;
  const auto second = std::next(first);
  return second != kOptions.end() && second->name.starts_with(name) ? nullptr : &*first;
}

}  // namespace

std::optional<FoundOption> find_long_option(std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (const CurlOption* option = find_name(name)) return FoundOption{option, true};
  if (name.starts_with("no-")) {
    const CurlOption* option = find_name(name.substr(3));
    if (option != nullptr && !option->takes_value) return FoundOption{option, false};
  }
  return std::nullopt;
}

const CurlOption* find_short_option(char letter) {
  const auto found = std::find_if(kOptions.begin(), kOptions.end(), [&](const CurlOption& option) { return option.letter != '\0' && option.letter == letter; });
  return found == kOptions.end() ? nullptr : &*found;
}

}  // namespace quivive::diagnose::readers
