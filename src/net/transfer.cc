#include "net/transfer.h"

#include "base/text.h"
#include "net/libcurl.h"

#include <array>
#include <memory>

namespace quivive::net {
namespace {

// What transfer() has loaded before it calls anything else here.
const Libcurl& lib() { return **libcurl(); }

template <class Value>
void set(CURL* c, CURLoption option, Value value) {
  (void)lib().easy_setopt(c, option, value);
}

struct Session {
  CURL* curl;
  const TransferPlan* plan;
  const TransferLog* log;
  std::size_t body = 0;
  bool enough = false;
};

int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* to) {
  const auto* session = static_cast<Session*>(to);
  const std::string_view bytes(data, size);
  switch (type) {
    case CURLINFO_TEXT: (*session->log)(TransferEvent::Info, bytes); break;
    case CURLINFO_HEADER_OUT: (*session->log)(TransferEvent::HeaderOut, bytes); break;
    case CURLINFO_DATA_OUT: (*session->log)(TransferEvent::DataOut, bytes); break;
    case CURLINFO_HEADER_IN: (*session->log)(TransferEvent::HeaderIn, bytes); break;
    default: break;  // bodies come through log_body, decoded; TLS bytes are nobody's
  }
  return 0;
}

std::size_t log_body(char* data, std::size_t, std::size_t size, void* to) {
  auto* session = static_cast<Session*>(to);
  (*session->log)(TransferEvent::DataIn, {data, size});
  session->body += size;
  // Threat: an endless answer. What explains a refusal stands at its beginning.
  session->enough = session->body > kMaxTransferBody;
  return session->enough ? 0 : size;
}

std::size_t check_redirect(char* data, std::size_t, std::size_t size, void* to) {
  auto* session = static_cast<Session*>(to);
  const std::string_view line(data, size);
  constexpr std::string_view kName = "location:";
  if (!session->plan->follow || !session->plan->may_follow || !iequals(line.substr(0, kName.size()), kName)) return size;
  long status = 0;
  char* url = nullptr;
  lib().easy_getinfo(session->curl, CURLINFO_RESPONSE_CODE, &status);
  lib().easy_getinfo(session->curl, CURLINFO_EFFECTIVE_URL, &url);
  std::string_view location = line.substr(kName.size());
  while (!location.empty() && (location.back() == '\r' || location.back() == '\n')) location.remove_suffix(1);
  session->enough = status / 100 == 3 && !session->plan->may_follow(url == nullptr ? "" : url, trim_ows(location));
  return session->enough ? 0 : size;
}

class List {
 public:
  explicit List(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) list_ = lib().slist_append(list_, line.c_str());
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { lib().slist_free_all(list_); }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

std::string revealed(const std::optional<Secret>& secret) { return secret ? std::string(secret->reveal(RevealSecret{})) : std::string(); }

void set_text(CURL* c, CURLoption option, const std::string& text) {
  if (!text.empty()) set(c, option, text.c_str());
}

void set_optional(CURL* c, CURLoption option, const std::optional<std::string>& text) {
  if (text) set(c, option, text->c_str());
}

void set_authentication(CURL* c, const TransferPlan& plan) {
  if (plan.user) set(c, CURLOPT_USERPWD, revealed(plan.user).c_str());
  if (plan.bearer) set(c, CURLOPT_XOAUTH2_BEARER, revealed(plan.bearer).c_str());
  unsigned long schemes = 0;
  if (plan.basic) schemes |= CURLAUTH_BASIC;
  if (plan.digest) schemes |= CURLAUTH_DIGEST;
  if (plan.ntlm) schemes |= CURLAUTH_NTLM;
  if (plan.negotiate) schemes |= CURLAUTH_NEGOTIATE;
  if (plan.any_auth) schemes = CURLAUTH_ANY;
  if (plan.bearer) schemes |= CURLAUTH_BEARER;
  if (plan.aws_sigv4) {
    set(c, CURLOPT_AWS_SIGV4, plan.aws_sigv4->c_str());
  } else if (schemes != 0) {
    set(c, CURLOPT_HTTPAUTH, static_cast<long>(schemes));
  }
  if (plan.netrc) set(c, CURLOPT_NETRC, static_cast<long>(plan.netrc_optional ? CURL_NETRC_OPTIONAL : CURL_NETRC_REQUIRED));
  set_text(c, CURLOPT_NETRC_FILE, plan.netrc_file);
}

void set_proxy(CURL* c, const TransferPlan& plan) {
  set_optional(c, CURLOPT_PROXY, plan.proxy);
  set_optional(c, CURLOPT_NOPROXY, plan.no_proxy);
  if (plan.proxy_user) set(c, CURLOPT_PROXYUSERPWD, revealed(plan.proxy_user).c_str());
  if (plan.proxy_any_auth) set(c, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_ANY));
  else if (plan.proxy_digest) set(c, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_DIGEST));
  else if (plan.proxy_ntlm) set(c, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_NTLM));
  if (plan.proxy_tunnel) set(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
}

void set_request(CURL* c, const TransferPlan& plan) {
  set(c, CURLOPT_URL, plan.url.c_str());
  // Threat: file:, gopher: and the like in a pasted command.
  set(c, CURLOPT_PROTOCOLS_STR, "http,https");
  set(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  if (plan.body) {
    set(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(plan.body->size()));
    set(c, CURLOPT_POSTFIELDS, plan.body->data());
  }
  if (plan.head) set(c, CURLOPT_NOBODY, 1L);
  if (!plan.method.empty()) set(c, CURLOPT_CUSTOMREQUEST, plan.method.c_str());
  static const std::string kCurlAgent = std::string("curl/") + lib().version_info(CURLVERSION_NOW)->version;
  set(c, CURLOPT_USERAGENT, plan.user_agent ? plan.user_agent->c_str() : kCurlAgent.c_str());
  set_optional(c, CURLOPT_REFERER, plan.referer);
  set_optional(c, CURLOPT_COOKIE, plan.cookie);
  set_optional(c, CURLOPT_RANGE, plan.range);
  if (plan.follow) {
    set(c, CURLOPT_FOLLOWLOCATION, 1L);
    set(c, CURLOPT_MAXREDIRS, plan.max_redirects);
    set(c, CURLOPT_UNRESTRICTED_AUTH, plan.trust_location ? 1L : 0L);
  }
  if (plan.path_as_is) set(c, CURLOPT_PATH_AS_IS, 1L);
  if (plan.compressed) set(c, CURLOPT_ACCEPT_ENCODING, "");
}

void set_connection(CURL* c, const TransferPlan& plan) {
  if (plan.insecure) {
    set(c, CURLOPT_SSL_VERIFYPEER, 0L);
    set(c, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set_text(c, CURLOPT_CAINFO, plan.ca_file);
  set_text(c, CURLOPT_CAPATH, plan.ca_path);
  set_text(c, CURLOPT_SSLCERT, plan.certificate);
  set_text(c, CURLOPT_SSLKEY, plan.key);
  if (plan.key_password) set(c, CURLOPT_KEYPASSWD, revealed(plan.key_password).c_str());
  set_text(c, CURLOPT_UNIX_SOCKET_PATH, plan.unix_socket);
  if (plan.http_version == "1.0") set(c, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_0));
  if (plan.http_version == "1.1") set(c, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  if (plan.http_version == "2") set(c, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2_0));
  if (plan.http_version == "2-prior-knowledge") set(c, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
  if (plan.ipv4 != plan.ipv6) set(c, CURLOPT_IPRESOLVE, static_cast<long>(plan.ipv4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6));
  set(c, CURLOPT_TIMEOUT_MS, static_cast<long>(plan.timeout.count()));
  set(c, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(plan.connect_timeout.count()));
  set(c, CURLOPT_NOSIGNAL, 1L);
}

}  // namespace

Result<void> transfer(const TransferPlan& plan, const TransferLog& log) {
  if (const auto& loaded = libcurl(); !loaded) return loaded.error();
  const std::unique_ptr<CURL, decltype(lib().easy_cleanup)> curl(lib().easy_init(), lib().easy_cleanup);
  if (!curl) return error("cannot start an HTTP request: out of memory");
  CURL* c = curl.get();
  Session session{c, &plan, &log};
  std::array<char, CURL_ERROR_SIZE> said{};
  const List headers(plan.headers), proxy_headers(plan.proxy_headers), resolve(plan.resolve), connect_to(plan.connect_to);

  set_request(c, plan);
  set_authentication(c, plan);
  set_proxy(c, plan);
  set_connection(c, plan);
  set(c, CURLOPT_HTTPHEADER, headers.get());
  if (proxy_headers.get() != nullptr) set(c, CURLOPT_PROXYHEADER, proxy_headers.get());
  set(c, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  set(c, CURLOPT_RESOLVE, resolve.get());
  set(c, CURLOPT_CONNECT_TO, connect_to.get());
  set(c, CURLOPT_VERBOSE, 1L);
  set(c, CURLOPT_DEBUGFUNCTION, &on_debug);
  set(c, CURLOPT_DEBUGDATA, &session);
  set(c, CURLOPT_WRITEFUNCTION, &log_body);
  set(c, CURLOPT_WRITEDATA, &session);
  set(c, CURLOPT_HEADERFUNCTION, &check_redirect);
  set(c, CURLOPT_HEADERDATA, &session);
  set(c, CURLOPT_ERRORBUFFER, said.data());

  const CURLcode code = lib().easy_perform(c);
  if (code == CURLE_OK || session.enough) return {};
  return error("{}", said[0] != '\0' ? said.data() : lib().easy_strerror(code));
}

}  // namespace quivive::net
