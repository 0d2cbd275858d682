#include "gateway/response_writer.h"

#include "auth/challenges.h"
#include "auth/client_text.h"
#include "auth/return_to.h"
#include "base/json.h"
#include "gateway/login_page.h"
#include "http/fetch_metadata.h"
#include "http/field_line.h"
#include "http/negotiate.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

using namespace std::string_view_literals;  // a literal's length need not be counted
using http::add_field_line;

enum class Format : std::uint8_t { Json, Problem, Html, Text };
constexpr std::string_view kOffered[] = {"application/json", "application/problem+json", "text/html", "text/plain"};
constexpr std::string_view kContentType[] = {"application/json", "application/problem+json", "text/html; charset=utf-8", "text/plain; charset=utf-8"};

std::string_view phrase(std::uint16_t status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Error";
  }
}

Format choose_format(const RejectionContext& c) {
  const Format fallback = c.deployment.config.error_body == config::ErrorBody::Problem ? Format::Problem : Format::Json;
  if (c.head == nullptr) return fallback;
  const http::RequestView view = c.head->view();
  const std::string_view accept = view.value(http::FieldId::Accept);
  if (accept.empty() || accept == "*/*") return fallback;
  const auto chosen = http::choose_media_type(kOffered, view.fields);
  return chosen && *chosen != 0 ? static_cast<Format>(*chosen) : fallback;
}

std::string html(std::uint16_t status, const auth::ClientText& text, std::string_view id) {
  // The texts are our own and the id is a checked token: nothing here needs escaping.
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      "<title>{0} {1}</title><style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}"
      "small{{color:#666}}</style></head>\n<body><h1>{1}</h1><p>{2}.</p><p><small>Status {0}. If you ask for help, quote "
      "<code>{3}</code>.</small></p></body></html>\n",
      status, text.error, text.description, id);
}

void append_body(std::string& out, Format format, const RejectionContext& c, std::uint16_t status) {
  const auth::ClientText text = auth::client_text(c.route == nullptr ? nullptr : c.route->policy.get(), c.verdict.reason);
  switch (format) {
    case Format::Json:
      out += "{\"error\":";
      append_json_quoted(out, text.error);
      out += '}';
      break;
    case Format::Problem:
      fmt::format_to(std::back_inserter(out), "{{\"type\":\"urn:quivive:reason:{0}\",\"title\":{1},\"status\":{2},\"detail\":{3},\"reason\":\"{0}\",\"trace\":\"{4}\"}}",
                     code_of(c.verdict.reason), json_quote(text.error), status, json_quote(text.description), c.id);
      break;
    case Format::Html: out += c.html.empty() ? html(status, text, c.id) : std::string(c.html); break;
    case Format::Text: fmt::format_to(std::back_inserter(out), "{}. {}.\nTrace: {}\n", text.error, text.description, c.id); break;
  }
}

// Whether the same request may be accepted after a while.
bool is_temporary(Reason reason) {
  return reason == Reason::VerifierUnavailable || reason == Reason::VerifierOverloaded || reason == Reason::LockedOut;
}

// What the answer depended on (RFC 9110 section 12.5.5).
void append_vary(std::string& out, const RejectionContext& c) {
  out += "Vary: Authorization"sv;
  const bool keyed = c.route != nullptr && c.route->policy->accepts(auth::Scheme::ApiKey);
  if (keyed && !c.deployment.key_header.empty()) {
    out += ", "sv;
    out += c.deployment.key_header;
  }
  const bool session = c.route != nullptr && c.route->policy->accepts(auth::Scheme::Session);
  const bool prompts = c.route != nullptr && auth::may_prompt(*c.route->policy);
  if (session) out += ", Cookie"sv;
  if (session || prompts) out += ", Sec-Fetch-Mode"sv;
  if (prompts) out += ", X-Requested-With"sv;
  out += ", Accept"sv;
  if (prompts || (c.route != nullptr && !c.route->cors_origins.empty())) out += ", Origin"sv;
  out += "\r\n"sv;
}

// So that the page's script can read why it was refused.
void append_cors(std::string& out, std::string_view origin) {
  if (origin.empty()) return;
  add_field_line(out, "Access-Control-Allow-Origin", origin);
  if (origin != "*") add_field_line(out, "Access-Control-Allow-Credentials", "true");
  add_field_line(out, "Access-Control-Expose-Headers", "WWW-Authenticate, X-Request-Id, Retry-After");
}

// Fields of every page that a form is on.
void append_page_fields(std::string& out) {
  add_field_line(out, "Content-Security-Policy", page_content_security_policy());
  add_field_line(out, "Referrer-Policy", kPageReferrerPolicy);
  add_field_line(out, "X-Content-Type-Options", "nosniff");
}

// A browser that was offered Basic or Digest asks in a window of its own, for a script's request too, and nobody can style or stop it.
auth::Prompts prompts_of(const RejectionContext& c) {
  if (c.head == nullptr || c.route == nullptr) return auth::Prompts::Offer;
  const http::RequestView view = c.head->view();
  if (view.find(http::FieldId::SecFetchMode) == nullptr && !http::is_browser_script(view)) return auth::Prompts::Offer;
  return c.route->browser_prompt && http::is_navigation(view) ? auth::Prompts::Offer : auth::Prompts::LeaveOut;
}

std::uint16_t append_redirect(std::string& out, const RejectionContext& c) {
  std::string where;
  const bool comes_back = c.method == "GET" || c.method == "HEAD";  // a body is not kept
  auth::append_login_location(where, comes_back ? c.head->target : "/");
  out += "HTTP/1.1 303 See Other\r\n";
  add_field_line(out, "Location", where);
  out += "Content-Length: 0\r\nCache-Control: no-store\r\n";
  append_vary(out, c);
  add_field_line(out, "Date", c.date);
  add_field_line(out, "X-Request-Id", c.id);
  if (c.close) add_field_line(out, "Connection", "close");
  else if (c.head->minor_version == 0) add_field_line(out, "Connection", "keep-alive");
  out += "\r\n";
  return 303;
}

}  // namespace

std::uint16_t status_of(const auth::Verdict& verdict, const Deployment& deployment) {
  return verdict.reason == Reason::VerifierUnavailable ? deployment.config.verifier_failure_status : info(verdict.reason).status;
}

std::uint16_t append_rejection(std::string& out, const RejectionContext& c) {
  if (c.to_login) return append_redirect(out, c);
  const std::uint16_t status = status_of(c.verdict, c.deployment);
  const Format format = choose_format(c);

  out += "HTTP/1.1 "sv;
  out += fmt::format_int(status).c_str();
  out += ' ';
  out += phrase(status);
  out += "\r\n"sv;
  if (c.route != nullptr) {
    auth::for_each_challenge(*c.route->policy, c.verdict, c.nonce, prompts_of(c), [&](const auth::ChallengePieces& pieces) {
      out += "WWW-Authenticate: "sv;
      for (const std::string_view piece : pieces) out += piece;
      out += "\r\n"sv;
    });
  }
  add_field_line(out, "Content-Type", kContentType[static_cast<std::size_t>(format)]);
  std::string body;
  append_body(body, format, c, status);
  out += "Content-Length: "sv;
  out += fmt::format_int(body.size()).c_str();
  out += "\r\nCache-Control: no-store\r\n"sv;
  append_vary(out, c);
  if (is_temporary(c.verdict.reason)) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(c.verdict.retry_after).count();
    add_field_line(out, "Retry-After", fmt::format_int(seconds > 0 ? seconds : 5).c_str());
  }
  if (format == Format::Html && !c.html.empty()) {
    append_page_fields(out);
  } else if (format == Format::Html) {
    add_field_line(out, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    add_field_line(out, "X-Content-Type-Options", "nosniff");
  }
  append_cors(out, c.cors_origin);
  add_field_line(out, "Date", c.date);
  add_field_line(out, "X-Request-Id", c.id);
  if (c.close) {
    add_field_line(out, "Connection", "close");
  } else if (c.head != nullptr && c.head->minor_version == 0) {
    add_field_line(out, "Connection", "keep-alive");
  }
  out += "\r\n"sv;
  if (c.method != "HEAD") out += body;
  return status;
}

void append_preflight(std::string& out, const PreflightAnswer& answer) {
  out += "HTTP/1.1 204 No Content\r\n";
  add_field_line(out, "Access-Control-Allow-Origin", answer.origin);
  if (answer.origin != "*") add_field_line(out, "Access-Control-Allow-Credentials", "true");
  add_field_line(out, "Access-Control-Allow-Methods", answer.method);
  if (!answer.headers.empty()) add_field_line(out, "Access-Control-Allow-Headers", answer.headers);
  add_field_line(out, "Access-Control-Max-Age", "600");
  add_field_line(out, "Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  add_field_line(out, "Date", answer.date);
  add_field_line(out, "X-Request-Id", answer.id);
  if (answer.close) add_field_line(out, "Connection", "close");
  out += "\r\n";
}

void append_own(std::string& out, const OwnResponse& r) {
  out += "HTTP/1.1 ";
  out += fmt::format_int(r.status).c_str();
  out += ' ';
  out += phrase(r.status);
  out += "\r\n";
  out += r.fields;
  if (!r.content_type.empty()) add_field_line(out, "Content-Type", r.content_type);
  if (r.status != 204) add_field_line(out, "Content-Length", fmt::format_int(r.body.size()).c_str());
  add_field_line(out, "Cache-Control", r.cache_control);
  if (r.cache_control == "no-store") add_field_line(out, "Vary", "Cookie");
  if (r.content_type.starts_with("text/html")) append_page_fields(out);
  add_field_line(out, "Date", r.date);
  add_field_line(out, "X-Request-Id", r.id);
  if (r.close) add_field_line(out, "Connection", "close");
  out += "\r\n";
  if (!r.head_only) out += r.body;
}

void append_own_json(std::string& out, std::string_view body, bool head_only, std::string_view id, std::string_view date, bool close) {
  out += "HTTP/1.1 200 OK\r\n";
  add_field_line(out, "Content-Type", "application/json");
  add_field_line(out, "Content-Length", fmt::format_int(body.size()).c_str());
  add_field_line(out, "Cache-Control", "max-age=300");
  add_field_line(out, "Date", date);
  add_field_line(out, "X-Request-Id", id);
  if (close) add_field_line(out, "Connection", "close");
  out += "\r\n";
  if (!head_only) out += body;
}

}  // namespace quivive::gateway
