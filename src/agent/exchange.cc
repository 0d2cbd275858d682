#include "agent/exchange.h"

#include "agent/header_lines.h"
#include "base/text.h"
#include "client/origin.h"
#include "http/grammar.h"
#include "net/libcurl.h"

#include <algorithm>
#include <array>
#include <utility>

namespace quivive::agent {
namespace {

using net::Libcurl;
using net::TransferEvent;

constexpr std::size_t kMaxIdleHandles = 16;
// How long a server may think before a body that cannot be sent twice goes out all the same.
constexpr long kContinueMilliseconds = 3000;
// Of smaller bodies that can be sent again it is not asked whether they are wanted: servers that do not answer that would cost a second each.
constexpr std::uint64_t kAskFrom = 1024 * 1024;

struct Session {
  const ExchangeRequest& request;
  const OnHead& on_head;
  const Sink& sink;
  const net::TransferLog* log;
  HeaderLines lines{};
  Exchanged out{};
  BodyFate fate = BodyFate::Keep;
  bool head_done = false;
  std::size_t logged = 0;  // bytes of the response's body
  bool logged_up = false;
  bool asked = false;        // the request is on its way, or was
  std::size_t trailers = 0;  // bytes after the head that are no body
  std::string fault{};       // ours: why the exchange was ended; "" for none
};

std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) {
  auto& session = *static_cast<Session*>(to);
  if (session.head_done) {
    // Threat: trailers without end.
    session.trailers += size;
    if (session.trailers > kMaxResponseHead) session.fault = fmt::format("the trailers of the response are larger than {} KiB", kMaxResponseHead >> 10);
    return session.fault.empty() ? size : 0;
  }
  switch (session.lines.line({data, size})) {
    case HeaderLines::State::More: return size;
    case HeaderLines::State::TooLarge:
      session.fault = fmt::format("the head of the response is larger than {} KiB", kMaxResponseHead >> 10);
      return 0;
    case HeaderLines::State::Interim: return size;
    case HeaderLines::State::Done: break;
  }
  session.head_done = true;
  session.out.head = session.lines.take();
  session.fate = session.on_head(session.out.head);
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& session = *static_cast<Session*>(to);
  const std::string_view piece(data, size);
  if (session.log != nullptr && session.logged < kMaxKeptBody) {
    const std::string_view shown = piece.substr(0, kMaxKeptBody - session.logged);
    session.logged += shown.size();
    (*session.log)(TransferEvent::DataIn, shown);
  }
  if (session.fate == BodyFate::Deliver) {
    if (session.sink(piece)) return size;
    session.fault = "the response's body could not be written";
    return 0;
  }
  const std::size_t room = kMaxKeptBody - session.out.kept.size();
  session.out.kept.append(piece.substr(0, room));
  // Threat: an endless body behind a refusal. What explains it stands at its beginning.
  session.out.cut = size > room;
  return session.out.cut ? 0 : size;
}

std::size_t on_read(char* into, std::size_t, std::size_t size, void* to) {
  auto& session = *static_cast<Session*>(to);
  const auto n = session.request.body->read({into, size});
  if (n) return *n;
  session.fault = n.error().message;
  return CURL_READFUNC_ABORT;
}

int on_seek(void* to, curl_off_t offset, int origin) {
  auto& session = *static_cast<Session*>(to);
  return origin == SEEK_SET && offset == 0 && session.request.body->rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

// Before a request goes out, on a connection that is ready. libcurl repeats a request by itself, where a connection that it kept was closed under it
// and where a server answers 417 to Expect. Threat: a payment, a one-time code or a refresh token that the server has taken and gets
// again; and more requests than the rules allow.
int on_request(void* to, char*, char*, int, int) {
  auto& session = *static_cast<Session*>(to);
  if (std::exchange(session.asked, true)) {
    if (!session.head_done) session.fault = "the connection was closed before a response came; the request is not sent again";
    return CURL_PREREQFUNC_ABORT;
  }
  return CURL_PREREQFUNC_OK;
}

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" || method == "PUT" || method == "DELETE";
}

int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* to) {
  auto& session = *static_cast<Session*>(to);
  const std::string_view bytes(data, size);
  switch (type) {
    case CURLINFO_TEXT: (*session.log)(TransferEvent::Info, bytes); break;
    case CURLINFO_HEADER_OUT: (*session.log)(TransferEvent::HeaderOut, bytes); break;
    case CURLINFO_HEADER_IN:
      if (!session.head_done) (*session.log)(TransferEvent::HeaderIn, bytes);
      break;
    case CURLINFO_DATA_OUT:
      if (!session.logged_up) (*session.log)(TransferEvent::DataOut, bytes.substr(0, kMaxKeptBody));
      session.logged_up = true;
      break;
    default: break;  // the response's body comes through on_body; TLS bytes are nobody's
  }
  return 0;
}

Result<void> check(const ExchangeRequest& request) {
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://"))
    return error("only URLs of http:// and https:// can be asked");
  // Threat: what the URL's two readers, ours and libcurl's, could read differently.
  if (std::any_of(request.url.begin(), request.url.end(), [](char c) { return c <= ' ' || c >= '\x7f' || c == '\\'; })) {
    return error("a URL has no spaces, backslashes, control characters or letters beyond ASCII; write them as %XX");
  }
  if (!http::is_token(request.method)) return error("the method is no token of letters");
  for (const client::FieldLine& field : request.fields) {
    if (!http::is_token(field.name)) return error("a header's name has a character that names cannot have");
    // Threat: a line break in a value would be a field, or a request, of somebody else's.
    if (field.value.reveal(RevealSecret{}).find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
      return error("the value of {} has a line break in it", field.name);
    if (iequals(field.name, "Content-Length") || iequals(field.name, "Transfer-Encoding")) {
      return error("{} follows from the body and cannot be given", field.name);
    }
  }
  return {};
}

class List {
 public:
  explicit List(const Libcurl& lib) : lib_(lib) {}
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { lib_.slist_free_all(list_); }
  void add(const std::string& line) { list_ = lib_.slist_append(list_, line.c_str()); }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  const Libcurl& lib_;
  curl_slist* list_ = nullptr;
};

}  // namespace

// Each has its own connections; one is in use by one exchange at a time.
struct Exchanger::Handles {
  std::mutex mutex;
  std::vector<CURL*> idle;

  CURL* take(const Libcurl& lib) {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CURL* const handle = idle.back();
        idle.pop_back();
        return handle;
      }
    }
    return lib.easy_init();
  }
  void give(const Libcurl& lib, CURL* handle) {
    lib.easy_reset(handle);  // the options, with the secrets among them; connections stay
    {
      const std::lock_guard lock(mutex);
      if (idle.size() < kMaxIdleHandles) return idle.push_back(handle);
    }
    lib.easy_cleanup(handle);
  }
};

Exchanger::Exchanger(ExchangeSettings settings) : settings_(std::move(settings)), handles_(std::make_unique<Handles>()) {
  (void)net::libcurl();
}

Exchanger::~Exchanger() {
  for (CURL* handle : handles_->idle) (*net::libcurl())->easy_cleanup(handle);
}

Result<Exchanged> Exchanger::perform(const ExchangeRequest& request, const OnHead& on_head, const Sink& sink, const net::TransferLog* log) {
  const auto& loaded = net::libcurl();
  if (!loaded) return loaded.error();
  const Libcurl& lib = **loaded;
  if (auto fine = check(request); !fine) return fine.error();
  if (request.body != nullptr) {
    if (auto back = request.body->rewind(); !back) return back.error();
  }
  CURL* const c = handles_->take(lib);
  if (c == nullptr) return error("cannot start an HTTP request: out of memory");
  Session session{request, on_head, sink, log};
  std::array<char, CURL_ERROR_SIZE> said{};
  const auto set = [&](CURLoption option, auto value) { (void)lib.easy_setopt(c, option, value); };

  set(CURLOPT_ERRORBUFFER, said.data());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);  // Digest signs the target as it stands
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "quivive/" QUIVIVE_VERSION);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  set(CURLOPT_PREREQFUNCTION, &on_request);
  set(CURLOPT_PREREQDATA, &session);
  // A connection that was kept may be dead already, and that is seen only when the request is lost on it.
  if (request.body != nullptr || !is_idempotent(request.method)) set(CURLOPT_FRESH_CONNECT, 1L);
  // Threat: what may go in the clear because it stays on this machine, read by a proxy elsewhere.
  if (const auto target = client::parse_target_url(request.url); target && target->origin.loopback() && !target->origin.secure()) set(CURLOPT_PROXY, "");
  if (!settings_.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings_.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // these certificates, and not the system's as well
  }

  List fields(lib);
  for (const client::FieldLine& field : request.fields) {
    fields.add(field.value.empty() ? field.name + ';' : fmt::format("{}: {}", field.name, field.value.reveal(RevealSecret{})));
  }
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (request.body != nullptr) {
    const auto size = request.body->size();
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
    set(CURLOPT_READFUNCTION, &on_read);
    set(CURLOPT_READDATA, &session);
    set(CURLOPT_SEEKFUNCTION, &on_seek);
    set(CURLOPT_SEEKDATA, &session);
    if (!size) {
      fields.add("Expect: 100-continue");
      set(CURLOPT_EXPECT_100_TIMEOUT_MS, kContinueMilliseconds);
    } else if (*size < kAskFrom) {
      fields.add("Expect:");
    }
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set(CURLOPT_HTTPHEADER, fields.get());
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // Threat: credentials of the server told to a proxy, in CONNECT
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &session);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &session);
  if (log != nullptr) {
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &on_debug);
    set(CURLOPT_DEBUGDATA, &session);
  }

  const CURLcode code = lib.easy_perform(c);
  handles_->give(lib, c);
  if (!session.fault.empty()) return error("{}", session.fault);
  // The second request that was not sent: the response to the first is what there is.
  const bool stopped = code == CURLE_ABORTED_BY_CALLBACK && session.asked && session.head_done;
  if (code != CURLE_OK && !session.out.cut && !stopped) {
    // Threat: a certificate's names, which libcurl quotes, with a terminal's escapes in them.
    return error("{}", printable(said[0] != '\0' ? said.data() : lib.easy_strerror(code), 300));
  }
  if (!session.head_done) return error("the server sent no response");
  return std::move(session.out);
}

}  // namespace quivive::agent
