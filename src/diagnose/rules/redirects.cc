// Redirects: which hop lost or changed the credential, and URLs that carry one.

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/rule.h"
#include "diagnose/wording.h"
#include "http/query.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

struct Hop {
  const Facts* from = nullptr;  // sent the redirect
  const Facts* to = nullptr;    // where it led
  Url target;                   // of Location, resolved
};

std::string status_and_location(const Facts& facts) { return fmt::format("{} to {}", facts.status, facts.response_field("location")); }

bool travels_in_header(const SentCredential& c) {
  return c.place == Place::Authorization || c.place == Place::Header || c.place == Place::Cookie;
}

std::string what(const SentCredential& c) {
  if (c.place == Place::Authorization) return "the Authorization header";
  return c.place == Place::Cookie ? "the cookie '" + c.name + "'" : "the header " + c.name;
}

bool sends(const Facts& facts, const SentCredential& wanted) {
  return std::any_of(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) {
    return c.place == wanted.place && (c.place == Place::Authorization || iequals(c.name, wanted.name));
  });
}

bool differs_by_slash(const Url& a, const Url& b) {
  const auto without = [](std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  };
  return a.path != b.path && without(a.path) == without(b.path) && a.query == b.query;
}

// Names of hosts are compared, not of sites: that is where clients drop credentials.
bool host_changed(const Url& a, const Url& b) { return !a.host.empty() && !b.host.empty() && a.host != b.host; }
bool scheme_changed(const Url& a, const Url& b, std::string_view from, std::string_view to) {
  return a.scheme == from && b.scheme == to && a.host == b.host;
}

// The same origin, as far as known: raw messages do not show the scheme, and https is what it usually is.
bool stays(const Url& before, const Url& target) {
  if (!before.scheme.empty()) return same_origin(before, target);
  return before.host == target.host && target.scheme != "http" && before.port.value_or(443) == target.effective_port();
}

bool remarked(const Facts& facts, std::string_view text, std::string* line = nullptr) {
  for (const std::string& remark : facts.exchange->remarks) {
    if (remark.find(text) == std::string::npos) continue;
    if (line != nullptr) *line = remark;
    return true;
  }
  return false;
}

class RedirectJudge {
 public:
  RedirectJudge(const Context& context, Report& report) : context_(context), report_(report) {}

  void run() {
    for (const Facts& facts : context_.facts) {
      lone_redirect(facts);
      user_info(facts);
      wrong_host(facts);
      if (facts.is_refused()) {
        const std::vector<Hop> hops = hops_to(facts);
        for (const Hop& hop : hops) judge_hop(facts, hops, hop);
        if (hops.empty()) last_hop_only(facts);
      }
    }
    command();
  }

 private:
  // The redirects that led to a refusal, first one first.
  [[nodiscard]] std::vector<Hop> hops_to(const Facts& facts) const {
    std::vector<Hop> out;
    for (const Facts* to = &facts; to->redirected_from && out.size() < 20;) {
      const Facts* from = &context_.facts[*to->redirected_from];
      out.push_back({from, to, resolve(from->request()->url, from->response_field("location"))});
      to = from;
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

  void judge_hop(const Facts& refused, const std::vector<Hop>& hops, const Hop& hop) {
    const Url& before = hop.from->request()->url;
    const bool slash = differs_by_slash(before, hop.target);
    const bool up = scheme_changed(before, hop.target, "http", "https"), down = scheme_changed(before, hop.target, "https", "http");
    const SentCredential* lost = lost_on(hop);
    const bool explains = lost != nullptr && !sends(refused, *lost);

    if (explains && !(slash && (stays(before, hop.target) || hop.target.scheme.empty()))) dropped(refused, hops, hop, *lost);
    if (slash && (explains || method_changed(hop))) trailing_slash(refused, hop, explains ? lost : nullptr);
    if (down && explains) downgrade(report_.fault(Cause::HttpsToHttpRedirect, Certainty::Certain, refused), hop);
    if (up && explains) upgrade(report_.fault(Cause::HttpToHttpsRedirect, Certainty::Certain, refused), hop, lost);
    if (method_changed(hop)) method(refused, hop);
    if (hop.to == &refused) netrc(refused, hop);
  }

  static const SentCredential* lost_on(const Hop& hop) {
    // A redirect to a login page is an answer, and a signed URL brings its own credential.
    if (hop.from->answer == Answer::LoginPage || is_signed(hop.target)) return nullptr;
    const bool browser = !hop.from->exchange->resource_type.empty() || !hop.from->request_field("sec-fetch-mode").empty();
    for (const SentCredential& c : hop.from->credentials) {
      if (c.place == Place::Cookie && browser) continue;  // a browser has cookies for each host
      if (travels_in_header(c) && !sends(*hop.to, c)) return &c;
    }
    return nullptr;
  }

  static bool is_signed(const Url& url) {
    const std::string query = '&' + to_lower(url.query);
    static constexpr std::string_view kNames[] = {"&x-amz-signature=", "&x-goog-signature=", "&signature=", "&sig="};
    return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view name) { return query.find(name) != std::string::npos; });
  }

  static bool method_changed(const Hop& hop) {
    const std::string& before = hop.from->request()->method;
    const std::string& after = hop.to->request()->method;
    // 303 asks for it (RFC 9110 section 15.4.4).
    return hop.from->status != 303 && !before.empty() && before != "GET" && before != "HEAD" && after == "GET";
  }

  void dropped(const Facts& refused, const std::vector<Hop>& hops, const Hop& hop, const SentCredential& lost) {
    const Url& before = hop.from->request()->url;
    std::string where;
    if (host_changed(before, hop.target)) where = "to another host, " + hop.target.host;
    else if (!before.scheme.empty() && before.scheme != hop.target.scheme) where = "from " + before.scheme + " to " + hop.target.scheme;
    else if (before.effective_port() != 0 && before.effective_port() != hop.target.effective_port())
      where = fmt::format("to another port, {}", hop.target.effective_port());
    else where = "to " + hop.target.text();
    const std::string last = hops.back().to->request()->url.text();
    const bool leads_to_http = hop.target.scheme == "http" && before.scheme == "https";
    report_.fault(Cause::RedirectDroppedAuth, Certainty::Certain, refused)
        .summary(fmt::format("The redirect {} lost {}: the client sent it with the first request and not with the one after.", where,
                             what(lost)))
        .detail(host_changed(before, hop.target)
                    ? "Clients drop credentials on purpose there, so that one host cannot collect those of another."
                    : "Clients drop credentials there on purpose: another scheme or port is another server.")
        .fix(leads_to_http ? fmt::format("Call the final URL over https directly ({}), so that nothing is redirected; the server's "
                                         "redirect to http is a fault of its own.",
                                         "https" + hop.target.text().substr(4))
                           : fmt::format("Call {} directly with the credentials that this server wants; do not send them everywhere with "
                                         "curl --location-trusted.",
                                         quoted_text(last, 120)))
        .see("request.header", lost.name.empty() ? "authorization" : to_lower(trim_ows(lost.name)), lost.value)
        .see("response.header", "location", status_and_location(*hop.from), std::string(hop.from->response_field("location")))
        .see("request.line", "", hop.to->request()->method + ' ' + hop.to->request()->url.text());
  }

  void trailing_slash(const Facts& refused, const Hop& hop, const SentCredential* lost) {
    const std::string& path = hop.target.path;
    report_.fault(Cause::TrailingSlashRedirect, Certainty::Certain, refused)
        .summary(fmt::format("The server redirects {} to {}, which differs by a slash at the end{}.",
                             quoted_text(hop.from->request()->url.path), quoted_text(path),
                             lost == nullptr ? "" : ", and " + what(*lost) + " was lost on the way"))
        .fix(fmt::format("Request {} itself; on the server, answer both forms (FastAPI: redirect_slashes=False and a route for each).",
                         quoted_text(path)))
        .see("request.line", "", hop.from->request()->method + ' ' + hop.from->request()->url.text())
        .see("response.header", "location", status_and_location(*hop.from), path);
  }

  static void downgrade(Report::Entry entry, const Hop& hop) {
    entry
        .summary(fmt::format("The server redirects from https to {}: it does not know that its clients come over https.",
                             quoted_text(hop.target.origin())))
        .fix(
            "Let the server trust X-Forwarded-Proto of the proxy in front (uvicorn --proxy-headers --forwarded-allow-ips, Spring "
            "server.forward-headers-strategy, Django SECURE_PROXY_SSL_HEADER); until then request the final URL over https yourself.")
        .see("request.line", "", hop.from->request()->url.text())
        .see("response.header", "location", status_and_location(*hop.from), "http://");
  }

  static void upgrade(Report::Entry entry, const Hop& hop, const SentCredential* sent) {
    entry
        .summary(fmt::format("The first request went over plain http to {}, and the server redirects to https{}.",
                             hop.from->request()->url.host, sent == nullptr ? "" : "; " + what(*sent) + " was sent in the clear"))
        .fix("Use https:// in the URL from the start, and change the secret that crossed the network unencrypted.")
        .see("request.line", "", hop.from->request()->url.text(), "http://")
        .see("response.header", "location", status_and_location(*hop.from), "https://");
  }

  void method(const Facts& refused, const Hop& hop) {
    const std::string& before = hop.from->request()->method;
    report_.fault(Cause::MethodChangedByRedirect, Certainty::Certain, refused)
        .summary(fmt::format("The {} became a GET without a body at the {} redirect to {}.", before, hop.from->status,
                             quoted_text(hop.target.path)))
        .fix(fmt::format("Send the {} to {} directly; a server that has to redirect it answers 307 or 308, which keep method and body "
                         "(curl: --post301, --post302).",
                         before, quoted_text(hop.target.text(), 120)))
        .see("request.line", "", before + ' ' + hop.from->request()->url.text(), before)
        .see("response.header", "location", status_and_location(*hop.from))
        .see("request.line", "", hop.to->request()->method + ' ' + hop.to->request()->url.text(), hop.to->request()->method);
  }

  // Basic that nobody asked for and that the first request did not have comes out of a file.
  void netrc(const Facts& refused, const Hop& hop) {
    const SentCredential* now = refused.authorization();
    const SentCredential* then = hop.from->authorization();
    if (now == nullptr || !now->is("Basic") || (then != nullptr && then->is("Basic"))) return;
    if (!hop.target.userinfo.empty() || was_asked(hop, refused)) return;
    report_.fault(Cause::RedirectAddedNetrc, Certainty::Certain, refused)
        .summary(fmt::format("After the redirect the request to {} has Basic credentials that the first request did not have{}: the client "
                             "took them from a .netrc file.",
                             hop.target.host, then == nullptr ? "" : " (it had " + then->scheme + ")"))
        .fix(fmt::format("Take {} out of ~/.netrc, or keep the client from reading it (requests: session.trust_env = False; curl: no -n; "
                         "any program: NETRC=/dev/null), and call the final URL directly.",
                         hop.target.host))
        .see("response.header", "location", status_and_location(*hop.from))
        .see("request.header", "authorization", now->value, "Basic");
  }

  [[nodiscard]] bool was_asked(const Hop& hop, const Facts& refused) const {
    for (std::size_t i = hop.from->at + 1; i < refused.at; ++i) {
      if (context_.facts[i].status == 401) return true;
    }
    return false;
  }

  // A redirect that was not followed, or that led to no refusal: wrong by itself.
  void lone_redirect(const Facts& facts) {
    if (facts.status / 100 != 3 || facts.request() == nullptr || facts.response_field("location").empty()) return;
    const Url& before = facts.request()->url;
    const Hop hop{&facts, nullptr, resolve(before, facts.response_field("location"))};
    if (scheme_changed(before, hop.target, "https", "http") && before.path != "/") {
      downgrade(report_.warn(Cause::HttpsToHttpRedirect, Certainty::Certain, facts), hop);
    }
    const auto secret =
        std::find_if(facts.credentials.begin(), facts.credentials.end(), [](const SentCredential& c) { return travels_in_header(c); });
    if (scheme_changed(before, hop.target, "http", "https") && secret != facts.credentials.end()) {
      upgrade(report_.warn(Cause::HttpToHttpsRedirect, Certainty::Certain, facts), hop, &*secret);
    }
  }

  // The capture holds the last hop, and the tool's remarks or the response before it tell of the redirect.
  void last_hop_only(const Facts& facts) {
    std::string line;
    const Facts* before = facts.at == 0 ? nullptr : &context_.facts[facts.at - 1];
    const auto said = [&](std::string_view text) {
      return remarked(facts, text, &line) || (before != nullptr && before->status / 100 == 3 && remarked(*before, text, &line));
    };
    const bool bare = facts.request() == nullptr || facts.authorization() == nullptr;
    if (bare && said("Clear auth, redirects")) {
      report_.fault(Cause::RedirectDroppedAuth, Certainty::Certain, facts)
          .summary("curl followed a redirect to another scheme or port and left the credentials behind.")
          .fix("Call the URL that the redirect leads to directly; do not send credentials everywhere with --location-trusted.")
          .see("tool", "curl", line, "Clear auth");
    }
    if (said("Switch from POST to GET")) {
      report_.fault(Cause::MethodChangedByRedirect, Certainty::Certain, facts)
          .summary("curl turned the POST into a GET when it followed the redirect.")
          .fix("Send the POST to the final URL directly, or use --post301 or --post302 where the server expects a POST there.")
          .see("tool", "curl", line, "Switch from POST to GET");
    }
    responses_only(facts, before);
  }

  // curl -i -L prints no requests.
  void responses_only(const Facts& facts, const Facts* before) {
    if (facts.request() != nullptr || before == nullptr || before->request() != nullptr || before->status / 100 != 3) return;
    const Url target = parse_url(before->response_field("location"));
    if (target.host.empty()) return;  // the same host: clients keep credentials there
    report_.fault(Cause::RedirectDroppedAuth, Certainty::Probable, facts)
        .summary(fmt::format("The refusal comes after a redirect to {}: clients drop credentials when host, scheme or port change.",
                             target.origin()))
        .fix(fmt::format("Call {} directly; curl -v shows which request carried the credentials.", quoted_text(target.text(), 120)))
        .see("response.header", "location", status_and_location(*before), target.origin());
  }

  // A user part of the URL that did not become the Authorization field.
  void user_info(const Facts& facts) {
    if (facts.request() == nullptr || facts.request()->url.userinfo.empty() || !facts.is_open()) return;
    const SentCredential* sent = facts.authorization();
    const bool curl = context_.capture.command.has_value();
    if (sent == nullptr && (curl || facts.response() == nullptr || context_.capture.credentials_hidden)) return;
    const std::string pair = http::form_decode(facts.request()->url.userinfo);
    if (sent != nullptr && sent->is("Basic")) {
      const auto decoded = base64_decode(trim_ows(sent->rest));
      if (!decoded || *decoded == pair || *decoded == facts.request()->url.userinfo || decoded->starts_with(pair)) return;
    }
    report_.fault(Cause::UserinfoInUrl, Certainty::Probable, facts)
        .summary(sent == nullptr
                     ? "The URL has a user name and password, and the client did not send them."
                     : fmt::format("The URL has a user name and password, and the request's own {} credential took their place.",
                                   sent->scheme.empty() ? "Authorization" : sent->scheme))
        .fix(sent == nullptr ? "Send them in a header (curl -u 'NAME:PASSWORD'; fetch: an Authorization header); browsers' fetch refuses "
                               "such a URL and others drop that part."
                             : "Keep one of the two: take the user part out of the URL, or the Authorization header out of the request.")
        .see("request.url", "", facts.request()->url.userinfo + '@' + facts.request()->url.host, facts.request()->url.userinfo);
  }

  void wrong_host(const Facts& facts) {
    const bool written = facts.answer == Answer::None && context_.capture.command && context_.capture.command->resolves &&
                         facts.request() != nullptr && !facts.credentials.empty();
    if (written) {
      report_.note(Cause::WrongHostPort, Certainty::Suggestive, facts)
          .summary(fmt::format("The address of {} is overridden by --resolve or --connect-to: the server there may be another environment.",
                               facts.request()->url.host))
          .fix("Try once without it where the credentials are refused.")
          .see("command", "", "--resolve");
    }
    if (!facts.is_refused() || facts.request() == nullptr || facts.exchange->to_proxy || facts.credentials.empty()) return;
    const Url& url = facts.request()->url;
    const Url named = parse_url("//" + std::string(facts.request_field("host")));
    std::string line;
    const SentCredential* token = facts.token();
    const Url issuer = token == nullptr ? Url{} : parse_url(token->token->claim_text("iss"));
    const auto is_local = [](std::string_view host) {
      return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "host.docker.internal";
    };
    if (is_local(url.host) && !issuer.host.empty() && !is_local(issuer.host)) {
      report_.fault(Cause::WrongHostPort, Certainty::Suggestive, facts)
          .summary(fmt::format(
              "The token is from {}, and the request went to {}: a server on this machine may expect tokens of a development issuer.",
              issuer.host, url.origin().empty() ? url.host : url.origin()))
          .fix("Check the base URL of the client, and which issuer the local server is set up for.")
          .see("request.url", "", url.text(), url.host)
          .see("token.payload", "iss", std::string(token->token->claim_text("iss")));
    } else if (!named.host.empty() && !url.host.empty() && named.host != url.host) {
      report_.fault(Cause::WrongHostPort, Certainty::Suggestive, facts)
          .summary(fmt::format("The request went to {} and asks there for {}.", url.host, named.host))
          .fix(
              "Check that this server answers for that name; without the Host header it may choose another site, which does not know these "
              "credentials.")
          .see("request.header", "host", std::string(facts.request_field("host")))
          .see("request.url", "", url.text(), url.host);
    } else if ((context_.capture.command && context_.capture.command->resolves) ||
               (remarked(facts, "Added ", &line) && line.find("to DNS cache") != std::string::npos)) {
      report_.fault(Cause::WrongHostPort, Certainty::Suggestive, facts)
          .summary(fmt::format("The address of {} was overridden by --resolve or --connect-to.", url.host))
          .fix("Try once without it: the server at that address may be another environment with other credentials.")
          .see(line.empty() ? "command" : "tool", "curl", line.empty() ? "--resolve" : line);
    }
  }

  // What a curl command would do at a redirect: advice.
  void command() {
    const auto& command = context_.capture.command;
    if (!command || context_.facts.empty()) return;
    const Facts& facts = context_.facts.front();
    const auto key =
        std::find_if(facts.credentials.begin(), facts.credentials.end(), [](const SentCredential& c) { return c.place == Place::Header; });
    if (command->trust_location && !facts.credentials.empty()) {
      report_.warn(Cause::RedirectDroppedAuth, Certainty::Certain, facts)
          .summary("--location-trusted sends the credentials to every host that a redirect names.")
          .fix("Leave --location-trusted out and call the final URL; curl then keeps credentials from other hosts.")
          .see("command", "", "--location-trusted");
    } else if (command->follow && key != facts.credentials.end()) {
      report_.warn(Cause::RedirectDroppedAuth, Certainty::Certain, facts)
          .summary(fmt::format("-L sends the header {} to every host that a redirect names: curl holds back only Authorization and Cookie.",
                               key->name))
          .fix("Leave -L out where no redirect is expected, and call the final URL.")
          .see("command", "", "-L")
          .see("request.header", key->name, key->name + ": " + key->value);
    }
  }

  const Context& context_;
  Report& report_;
};

}  // namespace

void redirects(const Context& context, Report& report) { RedirectJudge(context, report).run(); }

}  // namespace quivive::diagnose::rules
