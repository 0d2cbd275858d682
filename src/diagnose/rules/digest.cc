// Digest (RFC 7616): what the request answered, held against the challenge it answers, and what clients cannot do.

#include "base/text.h"
#include "diagnose/rule.h"
#include "diagnose/rules/digest_clients.h"
#include "diagnose/rules/digest_detail.h"
#include "diagnose/rules/digest_response.h"
#include "diagnose/wording.h"
#include "http/grammar.h"
#include "http/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace quivive::diagnose {
namespace digest_detail {
namespace {

constexpr std::size_t kMaxNonces = 4096;  // a hostile capture has one in every exchange

bool is_digest(const http::Challenge& challenge) { return iequals(challenge.scheme, "Digest"); }

std::vector<const http::Challenge*> digest_challenges(const Facts& facts) {
  std::vector<const http::Challenge*> out;
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (is_digest(one)) out.push_back(&one);
  }
  return out;
}

std::string line_of(const Facts& facts, const http::Challenge& challenge) {
  return challenge.line < facts.challenge_lines.size() ? facts.challenge_lines[challenge.line] : std::string();
}

bool was_forwarded(const Facts& facts) {
  static constexpr auto kFields = std::to_array<std::string_view>(
      {"via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-prefix", "x-original-uri", "x-real-ip"});
  return std::any_of(kFields.begin(), kFields.end(), [&](std::string_view name) { return !facts.request_field(name).empty(); });
}

std::string percent_decoded(std::string_view text) {
  std::string kept;  // form_decode takes '+' for a space, which in a path it is not
  for (const char c : text) kept += c == '+' ? std::string("%2B") : std::string(1, c);
  return http::form_decode(kept);
}

class DigestJudge {
 public:
  DigestJudge(const Context& context, Report& report) : context_(context), report_(report) {}

  void run() {
    for (const Facts& facts : context_.facts) {
      if (!facts.exchange->to_proxy) look_at(facts);
      remember_challenges(facts);
    }
  }

 private:
  struct Nonce {
    const Facts* issued_by = nullptr;
    const http::Challenge* challenge = nullptr;
    std::map<std::string, std::size_t> uses;  // nc → Exchange::index
  };

  void remember_challenges(const Facts& facts) {
    for (const http::Challenge* challenge : digest_challenges(facts)) {
      if (nonces_.size() >= kMaxNonces) return;
      Nonce& nonce = nonces_[param(*challenge, "nonce")];
      if (nonce.issued_by == nullptr) nonce.issued_by = &facts, nonce.challenge = challenge;
    }
  }

  void look_at(const Facts& facts) {
    const auto sent = sent_digest(facts);
    if (sent) {
      const std::size_t before = report_.findings().size();
      judge_answer(facts, *sent);
      if (report_.findings().size() == before) bad_secret(facts, *sent);
    } else if (facts.request() == nullptr || facts.authorization() == nullptr) {
      judge_silence(facts);
    }
  }

  // The challenge that was answered: the one that issued the nonce, else the one that the refusal repeats.
  [[nodiscard]] const http::Challenge* answered_challenge(const Facts& facts, const SentDigest& sent) const {
    if (const auto found = nonces_.find(sent.nonce); found != nonces_.end() && found->second.challenge != nullptr)
      return found->second.challenge;
    for (const http::Challenge* one : digest_challenges(facts)) {
      if (param(*one, "realm") == sent.realm && iequals(algorithm_of(*one), sent.algorithm_used())) return one;
    }
    const auto all = digest_challenges(facts);
    return all.empty() ? nullptr : all.front();
  }

  void judge_answer(const Facts& facts, const SentDigest& sent) {
    const http::Challenge* challenge = answered_challenge(facts, sent);
    nonce_stale(facts, &sent);
    uri(facts, sent);
    nonce_count(facts, sent);
    if (challenge != nullptr) {
      algorithm(facts, sent, *challenge);
      qop(facts, sent, *challenge);
      repeated_values(facts, sent, *challenge);
    }
    judge_response(context_, facts, sent, challenge, report_);
  }

  void nonce_stale(const Facts& facts, const SentDigest* sent) {
    const auto all = digest_challenges(facts);
    const auto stale = std::find_if(all.begin(), all.end(), [](const http::Challenge* c) { return iequals(param(*c, "stale"), "true"); });
    if (stale == all.end() || was_retried(facts, param(**stale, "nonce"))) return;
    const auto before =
        std::count_if(context_.facts.begin(), context_.facts.begin() + static_cast<std::ptrdiff_t>(facts.at), [&](const Facts& earlier) {
          const auto challenges = digest_challenges(earlier);
          return std::any_of(challenges.begin(), challenges.end(),
                             [](const http::Challenge* c) { return iequals(param(*c, "stale"), "true"); });
        });
    auto entry = report_.fault(Cause::DigestNonceStale, Certainty::Certain, facts);
    entry.server_said().see("response.header", "www-authenticate", line_of(facts, **stale), "stale");
    entry.summary("The server says that the nonce of the request is too old (stale=true), and not that the password is wrong.");
    if (before > 0) {
      entry.detail(fmt::format(
          "It has now said so {} times in a row: servers behind one address that do not share their nonces behave like this.", before + 1));
    }
    entry.fix(
        before > 0
            ? "Let all servers behind the load balancer share the key they make nonces with, or send a client to the same one each time."
            : "Compute the response again with the nonce of the new challenge, nc=00000001, and send the request once more; do not ask for "
              "the password again.");
    if (sent != nullptr) entry.see("request.header", "authorization", "nonce=\"" + sent->nonce + '"', sent->nonce);
  }

  // A later request used that nonce: the stale answer was a step on the way.
  [[nodiscard]] bool was_retried(const Facts& facts, const std::string& nonce) const {
    const std::size_t end = std::min(context_.facts.size(), facts.at + 65);
    for (std::size_t i = facts.at + 1; i < end && !nonce.empty(); ++i) {
      const auto later = sent_digest(context_.facts[i]);
      if (later && later->nonce == nonce) return true;
    }
    return false;
  }

  void uri(const Facts& facts, const SentDigest& sent) {
    if (facts.request() == nullptr || sent.uri.empty()) return;
    const std::string target = target_of(*facts.request());
    if (target.empty() || sent.uri == target) return;
    const Url signed_url = parse_url(sent.uri), target_url = parse_url(target);
    const bool absolute = !signed_url.host.empty() || !target_url.host.empty();
    const bool same_resource =
        absolute ? signed_url.path_and_query() == target_url.path_and_query() &&
                       (signed_url.host.empty() || target_url.host.empty() || signed_url.host == target_url.host) &&
                       (signed_url.host.empty() || facts.request()->url.host.empty() || signed_url.host == facts.request()->url.host)
                 : percent_decoded(sent.uri) == percent_decoded(target);
    const bool forwarded = was_forwarded(facts);
    // A server may compare resources rather than texts, and behind a proxy this is not the target that the client used.
    auto entry = report_.fault(Cause::DigestUriMismatch, same_resource || forwarded ? Certainty::Probable : Certainty::Certain, facts);
    entry.see("request.line", "", facts.request()->method + ' ' + target, target)
        .see("request.header", "authorization", "uri=\"" + sent.uri + '"', sent.uri);
    const bool lost_query = !absolute && target.starts_with(sent.uri + '?');
    if (lost_query) {
      entry.summary(fmt::format("The digest was computed over {}, without the query that the request has ({}).", quoted_text(sent.uri),
                                quoted_text(target)));
      entry.fix("Let the client compute the digest over path and query, exactly as they stand in the request line (curl --digest does).");
    } else if (forwarded) {
      entry.summary(fmt::format("The digest was computed over {}, and the server behind the proxy sees {}.", quoted_text(sent.uri),
                                quoted_text(target)));
      entry.fix("Let the proxy pass path and query on unchanged (nginx: proxy_pass without a path), or do Digest on the proxy.");
    } else {
      entry.summary(fmt::format("The digest was computed over {}, and the request is for {}.", quoted_text(sent.uri), quoted_text(target)));
      entry.fix("Use the request line's path and query for uri= and in the computation; compute anew after every redirect or rewrite.");
    }
  }

  void nonce_count(const Facts& facts, const SentDigest& sent) {
    if (sent.nc.empty()) return;
    auto found = nonces_.find(sent.nonce);
    if (found == nonces_.end() && nonces_.size() < kMaxNonces) found = nonces_.try_emplace(sent.nonce).first;
    const bool eight_hex = sent.nc.size() == 8 && std::all_of(sent.nc.begin(), sent.nc.end(), http::is_hex_digit);
    const auto say = [&](std::string summary, std::string fix) {
      report_.fault(Cause::DigestNonceReplayed, Certainty::Certain, facts)
          .summary(std::move(summary))
          .fix(std::move(fix))
          .see("request.header", "authorization", "nc=" + sent.nc, sent.nc);
    };
    if (!eight_hex) {
      say(fmt::format("The nonce count is {}, and it must be eight hexadecimal digits.", quoted_text(sent.nc)),
          "Write the count as eight hexadecimal digits: nc=00000001, then 00000002.");
    } else if (sent.nc == "00000000") {
      say("The nonce count begins at 0, and the first request with a nonce has nc=00000001.", "Count from 00000001 for each new nonce.");
    } else if (found != nonces_.end()) {
      Nonce& nonce = found->second;
      if (const auto used = nonce.uses.find(to_lower(sent.nc)); used != nonce.uses.end()) {
        say(fmt::format("The nonce count {} was used before with this nonce, in request {}.", sent.nc, used->second + 1),
            "Count nc up by one with every request that uses the same nonce, retries included; a copied Authorization header works once "
            "only.");
      } else if (nonce.issued_by != nullptr && nonce.uses.empty() && sent.nc != "00000001" && is_next_after(*nonce.issued_by, facts)) {
        say(fmt::format("The first request with this nonce has the count {}: the client counts over all nonces.", sent.nc),
            "Start again at nc=00000001 with every new nonce.");
      }
      nonce.uses.try_emplace(to_lower(sent.nc), facts.exchange->index);
    }
  }

  // Nothing lies between, so that no use of the nonce was missed.
  [[nodiscard]] static bool is_next_after(const Facts& earlier, const Facts& later) {
    return earlier.exchange->index + 1 == later.exchange->index;
  }

  // Every algorithm that the response with the answered challenge offered.
  [[nodiscard]] std::vector<std::string> offered_algorithms(const Facts& facts, const SentDigest& sent) const {
    const auto found = nonces_.find(sent.nonce);
    const Facts& source = found != nonces_.end() && found->second.issued_by != nullptr ? *found->second.issued_by : facts;
    std::vector<std::string> out;
    for (const http::Challenge* one : digest_challenges(source)) out.emplace_back(algorithm_of(*one));
    return out;
  }

  void algorithm(const Facts& facts, const SentDigest& sent, const http::Challenge& challenge) {
    const std::vector<std::string> offered = offered_algorithms(facts, sent);
    if (offered.empty() ||
        std::any_of(offered.begin(), offered.end(), [&](const std::string& name) { return iequals(name, sent.algorithm_used()); }))
      return;
    report_.fault(Cause::DigestAlgorithm, Certainty::Certain, facts)
        .summary(fmt::format("The server asks for a digest with {}, and the client answered with {}.", list_text(offered),
                             sent.algorithm.empty() ? "MD5, since it names no algorithm" : std::string(sent.algorithm)))
        .fix(fmt::format("Use a client that can do {} (curl 7.57 and later can do SHA-256), or let the server offer MD5 beside it.",
                         list_text(offered)))
        .see("response.header", "www-authenticate", "algorithm=" + std::string(algorithm_of(challenge)))
        .see("request.header", "authorization", sent.algorithm.empty() ? "no algorithm=" : "algorithm=" + sent.algorithm);
  }

  void qop(const Facts& facts, const SentDigest& sent, const http::Challenge& challenge) {
    const std::vector<std::string> offered = qop_values(param(challenge, "qop"));
    const auto say = [&](Cause cause, std::string summary, std::string fix) {
      report_.fault(cause, Certainty::Certain, facts)
          .summary(std::move(summary))
          .fix(std::move(fix))
          .see("response.header", "www-authenticate", offered.empty() ? "no qop=" : "qop=\"" + param(challenge, "qop") + '"')
          .see("request.header", "authorization", sent.qop.empty() ? "no qop=" : "qop=" + sent.qop);
    };
    const bool int_only = offered.size() == 1 && offered.front() == "auth-int";
    if (int_only && iequals(sent.qop, "auth-int")) {
      // curl hashes an empty body, whatever it sends.
      const std::string& method = facts.request()->method;
      const bool curl = to_lower(facts.request_field("user-agent")).starts_with("curl/");
      if (curl && (method == "POST" || method == "PUT" || method == "PATCH")) {
        say(Cause::DigestAuthIntOnly,
            fmt::format(
                "The server demands qop=auth-int, which covers the body, and curl computes it for an empty body only, not for a {}.",
                method),
            "Offer qop=\"auth\" on the server, or use a client that can do auth-int.");
      }
    } else if (int_only && iequals(sent.qop, "auth")) {
      say(Cause::DigestAuthIntOnly,
          "The server demands qop=auth-int, and the client answered with qop=auth, which is all that most clients can do.",
          "Offer qop=\"auth,auth-int\" on the server, or use a client that can do auth-int.");
    } else if (!offered.empty() && sent.qop.empty()) {
      say(Cause::DigestQopMissing,
          fmt::format("The challenge asks for qop={}, and the answer has no qop, nc and cnonce.", param(challenge, "qop")),
          "Answer with qop=auth, nc and cnonce, and compute the response over them; a client that can do only the older RFC 2069 form "
          "needs replacing.");
    } else if (offered.empty() && !sent.qop.empty()) {
      say(Cause::DigestQopMissing,
          fmt::format("The challenge has no qop, and the answer has qop={}: the server computes another response.", sent.qop),
          "Leave qop, nc and cnonce out when the challenge has no qop (RFC 2069), or let the server offer qop=\"auth\".");
    } else if (!sent.qop.empty() && (sent.nc.empty() || sent.cnonce.empty())) {
      say(Cause::DigestQopMissing,
          fmt::format("The answer has qop={} without {}, which belong together.", sent.qop, sent.nc.empty() ? "nc" : "cnonce"),
          "Send qop, nc and cnonce together, and compute the response over them.");
    } else if (!offered.empty() && std::find(offered.begin(), offered.end(), to_lower(sent.qop)) == offered.end()) {
      say(Cause::DigestQopMissing, fmt::format("The answer has qop={}, and the challenge offers {} only.", sent.qop, list_text(offered)),
          "Answer with a qop value that the challenge offers.");
    }
  }

  // Values that the answer has to give back as they came.
  void repeated_values(const Facts& facts, const SentDigest& sent, const http::Challenge& challenge) {
    const auto found = nonces_.find(sent.nonce);
    if (found == nonces_.end() || found->second.issued_by == nullptr) return;  // this is not the challenge that was answered
    const std::string realm = param(challenge, "realm");
    const auto offered = digest_challenges(*found->second.issued_by);
    if (sent.realm != realm) {
      const bool others =
          std::any_of(offered.begin(), offered.end(), [&](const http::Challenge* one) { return param(*one, "realm") == sent.realm; });
      if (others) return two_challenges(facts, sent, *found->second.issued_by, true);
      report_.fault(Cause::DigestWrongResponse, Certainty::Certain, facts)
          .summary(fmt::format("The digest was computed for the realm {}, and the server's challenge says {}.", quoted_text(sent.realm),
                               quoted_text(realm)))
          .fix("Take the realm from the challenge as it stands there, capitals and spaces included.")
          .see("response.header", "www-authenticate", "realm=\"" + realm + '"', realm)
          .see("request.header", "authorization", "realm=\"" + sent.realm + '"', sent.realm);
      return;
    }
    two_challenges(facts, sent, *found->second.issued_by, !iequals(algorithm_of(challenge), sent.algorithm_used()));
    if (const std::string* opaque = challenge.param("opaque"); opaque != nullptr && *opaque != sent.opaque) {
      report_.fault(Cause::DigestWrongResponse, Certainty::Probable, facts)
          .summary(sent.has_opaque ? "The answer gives back another opaque value than the challenge has."
                                   : "The challenge has an opaque value, and the answer does not give it back.")
          .fix("Copy opaque from the challenge into the answer unchanged; many servers look their nonce up by it.")
          .see("response.header", "www-authenticate", "opaque=\"" + *opaque + '"')
          .see("request.header", "authorization", sent.has_opaque ? "opaque=\"" + sent.opaque + '"' : "no opaque=");
    }
  }

  // `mixed`: the answer has parameters of both.
  void two_challenges(const Facts& facts, const SentDigest& sent, const Facts& offer, bool mixed) {
    const auto all = digest_challenges(offer);
    const bool realms =
        std::any_of(all.begin(), all.end(), [&](const http::Challenge* c) { return param(*c, "realm") != param(*all.front(), "realm"); });
    const bool nonces =
        std::any_of(all.begin(), all.end(), [&](const http::Challenge* c) { return param(*c, "nonce") != param(*all.front(), "nonce"); });
    // Two algorithms, each with its nonce, are two ways into one realm: no fault where the client kept them apart.
    if (all.size() < 2 || !(realms || (nonces && mixed))) return;
    auto entry = report_.fault(Cause::DigestTwoChallenges, Certainty::Probable, facts);
    for (const http::Challenge* one : all) entry.see("response.header", "www-authenticate", line_of(offer, *one), "Digest");
    if (mixed) {
      entry.summary(
          fmt::format("The server offers {} Digest challenges, and the client mixed them: the nonce is from one, the {} from another.",
                      all.size(), realms ? "realm" : "algorithm"));
      entry.fix("Offer one Digest challenge on the server, or use a client that keeps challenges apart (curl does, requests does not).");
    } else {
      entry.summary(fmt::format("The server offers {} Digest challenges with different realms, and the client answered the one for {}.",
                                all.size(), quoted_text(sent.realm)));
      entry.fix("Use the user name and password of that realm, or offer one Digest challenge on the server: clients take the first.");
    }
  }

  void bad_secret(const Facts& facts, const SentDigest& sent) {
    const http::Challenge* again = facts.challenge("Digest");
    if (facts.response() == nullptr) {
      if (!context_.capture.is_source && context_.capture.format != Format::Curl) return;
      report_.warn(Cause::DigestNonceReplayed, Certainty::Suggestive, facts)
          .summary("A Digest header belongs to one request: copied into a command it works once at most, while its nonce lives.")
          .fix("Give curl the user name with --digest -u NAME, without the copied header; it asks for a nonce of its own.")
          .see("request.header", "authorization", "nonce=\"" + sent.nonce + '"');
      return;
    }
    if (facts.status != 401 || again == nullptr) return;
    const bool same_nonce = param(*again, "nonce") == sent.nonce;
    report_.fault(Cause::DigestBadSecret, Certainty::Probable, facts)
        .summary(fmt::format("The server read the digest of user {} and refuses it with {} nonce, without stale=true: the user name or the "
                             "password is wrong for the realm {}.",
                             quoted_text(sent.username), same_nonce ? "the same" : "a new", quoted_text(param(*again, "realm"))))
        .detail("The other explanation is a server that wants a new nonce for every request and does not say so with stale=true.")
        .fix(
            "Check user name and password against that realm (curl: single-quote -u 'NAME:PASSWORD'); give why --user and --password-stdin "
            "to have the response computed.")
        .see("request.header", "authorization", "username=\"" + sent.username + "\", nonce=\"" + sent.nonce + '"')
        .see("response.header", "www-authenticate", line_of(facts, *again), "nonce");
  }

  // No answer to a Digest challenge: faults of clients that are known not to manage it. A nonce that is stale can be read
  // off a challenge alone.
  void judge_silence(const Facts& facts) {
    if (facts.request() == nullptr) nonce_stale(facts, nullptr);
    const auto all = digest_challenges(facts);
    if (all.empty() || !facts.is_open()) return;
    domain_ignored(facts);
    const ClientLimits* client = facts.request() == nullptr ? nullptr : client_limits(facts, context_.capture.tool);
    if (client != nullptr) return client_cannot(facts, *client, all);
    const bool int_only = std::all_of(all.begin(), all.end(), [](const http::Challenge* c) {
      return qop_values(param(*c, "qop")) == std::vector<std::string>{"auth-int"};
    });
    if (int_only) {
      report_.warn(Cause::DigestAuthIntOnly, Certainty::Probable, facts)
          .summary("The server offers Digest with qop=auth-int only, which few clients can do.")
          .fix("Offer qop=\"auth,auth-int\" on the server.")
          .see("response.header", "www-authenticate", line_of(facts, *all.front()), "auth-int");
    }
  }

  void client_cannot(const Facts& facts, const ClientLimits& client, const std::vector<const http::Challenge*>& all) {
    std::optional<Obstacle> first;
    const http::Challenge* at = nullptr;
    for (const http::Challenge* challenge : all) {
      auto found = obstacle(client, *challenge, line_of(facts, *challenge));
      if (!found) return;  // one that it can answer
      if (!first) first = std::move(found), at = challenge;
    }
    report_.fault(first->cause, Certainty::Certain, facts)
        .summary(first->summary)
        .fix(first->fix)
        .see("response.header", "www-authenticate", line_of(facts, *at), first->mark)
        .see("request.header", "user-agent", std::string(facts.request_field("user-agent")));
  }

  // domain= of an earlier challenge names this URL on another host, and nothing was sent there.
  void domain_ignored(const Facts& facts) {
    if (facts.request() == nullptr || facts.status != 401 || facts.authorization() != nullptr) return;
    const Url& url = facts.request()->url;
    for (const auto& [text, nonce] : nonces_) {
      if (nonce.issued_by == nullptr || nonce.issued_by->request() == nullptr || nonce.issued_by->request()->url.host == url.host) continue;
      std::string_view rest;
      const std::string domain = param(*nonce.challenge, "domain");
      for (rest = domain; !rest.empty();) {
        const std::string_view piece = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
        const Url named = parse_url(piece);
        if (named.host != url.host || !url.path.starts_with(named.path)) continue;
        report_.fault(Cause::DigestDomainIgnored, Certainty::Suggestive, facts)
            .summary(
                fmt::format("The Digest challenge of {} also covers {}, and the client sent nothing there: most clients ignore domain=.",
                            nonce.issued_by->request()->url.host, url.origin()))
            .fix("Let the client authenticate to each host by itself.")
            .see("response.header", "www-authenticate", "domain=\"" + domain + '"', std::string(piece));
        return;
      }
    }
  }

  const Context& context_;
  Report& report_;
  std::map<std::string, Nonce> nonces_;
};

}  // namespace
}  // namespace digest_detail

void rules::digest(const Context& context, Report& report) { digest_detail::DigestJudge(context, report).run(); }

}  // namespace quivive::diagnose
