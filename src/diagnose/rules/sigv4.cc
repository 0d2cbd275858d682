// AWS Signature Version 4, in Authorization or in a URL that was signed beforehand, and the like of other clouds.

#include "base/text.h"
#include "diagnose/rules/bound_rules.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"
#include "http/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace quivive::diagnose::rules {
namespace {

std::string query_value(const Request& request, std::string_view name) {
  http::QueryReader reader(request.url.query);
  http::QueryPair pair;
  while (reader.next(pair)) {
    if (iequals(http::form_decode(pair.name), name)) return http::form_decode(pair.value);
  }
  return "";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

// `20250301T120000Z`
std::optional<Instant> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size, int& out) {
    const auto [end, bad] = std::from_chars(text.data() + at, text.data() + at + size, out);
    return bad == std::errc() && end == text.data() + at + size;
  };
  int y = 0, m = 0, d = 0, h = 0, min = 0, s = 0;
  if (!number(0, 4, y) || !number(4, 2, m) || !number(6, 2, d) || !number(9, 2, h) || !number(11, 2, min) || !number(13, 2, s))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || min > 59 || s > 60) return std::nullopt;
  return Instant{std::chrono::sys_days{date} + std::chrono::hours{h} + std::chrono::minutes{min} + std::chrono::seconds{s}};
}

struct Signed {
  bool in_url = false;
  std::string date, credential, signed_headers;
  std::optional<std::int64_t> expires;  // seconds, of a URL
  std::string part, name;               // where the credential is
};

std::optional<Signed> read_signature(const Facts& facts) {
  const Request* request = facts.request();
  if (request == nullptr) return std::nullopt;
  Signed out;
  if (const SentCredential* sent = facts.authorization(); sent != nullptr && sent->is("AWS4-HMAC-SHA256")) {
    // Credential and SignedHeaders hold '/' and ';', which auth-param values must not: read them by hand.
    for (const std::string& piece : split(sent->rest, ',')) {
      const std::string_view pair = trim_ows(piece);
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      if (iequals(pair.substr(0, equals), "Credential")) out.credential = pair.substr(equals + 1);
      if (iequals(pair.substr(0, equals), "SignedHeaders")) out.signed_headers = pair.substr(equals + 1);
    }
    out.date = request->headers.value("x-amz-date");
    out.part = "request.header";
    out.name = "authorization";
    return out;
  }
  out.credential = query_value(*request, "X-Amz-Credential");
  if (out.credential.empty()) return std::nullopt;
  out.in_url = true;
  out.date = query_value(*request, "X-Amz-Date");
  out.signed_headers = query_value(*request, "X-Amz-SignedHeaders");
  const std::string expires = query_value(*request, "X-Amz-Expires");
  std::int64_t seconds = 0;
  if (const auto [end, bad] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
      !expires.empty() && bad == std::errc() && end == expires.data() + expires.size())
    out.expires = seconds;
  out.part = "request.query";
  out.name = "X-Amz-Credential";
  return out;
}

bool is_region(std::string_view label) {
  const auto pieces = split(label, '-');
  if (pieces.size() < 3 || pieces.front().size() != 2 || pieces.back().size() != 1) return false;
  return pieces.back()[0] >= '1' && pieces.back()[0] <= '9';
}

// Services whose name in the host is the one that is signed for.
constexpr auto kServices = std::to_array<std::string_view>({"s3", "execute-api", "lambda", "dynamodb", "sqs", "sns", "sts", "iam", "kms",
                                                            "ec2", "es", "secretsmanager", "ssm", "kinesis", "logs", "aoss"});

struct SigningPlace {
  std::string region, service;  // "" where the host does not tell
};
// Of a host of AWS: the labels before amazonaws.com, from the right, are region and service in either order.
std::optional<SigningPlace> signing_place_of(std::string_view host) {
  for (const std::string_view end : {".amazonaws.com", ".amazonaws.com.cn", ".on.aws"}) {
    if (!host.ends_with(end)) continue;
    const auto labels = split(host.substr(0, host.size() - end.size()), '.');
    SigningPlace out;
    for (std::size_t i = labels.size(); i-- > 0 && labels.size() - i <= 2;) {
      std::string_view label = labels[i];
      if (label == "dualstack" || label == "vpce") continue;
      if (is_region(label) && out.region.empty()) out.region = label;
      else if (label == "lambda-url" && out.service.empty()) out.service = "lambda";
      else if (std::find(kServices.begin(), kServices.end(), label) != kServices.end() && out.service.empty()) out.service = label;
      else if (label.starts_with("s3-") && is_region(label.substr(3)) && out.region.empty())
        out.service = "s3", out.region = label.substr(3);
      else break;
    }
    if (host.find(".dualstack.") != std::string_view::npos && host.find("s3.dualstack") != std::string_view::npos) out.service = "s3";
    return out;
  }
  return std::nullopt;
}

void skew(const Facts& facts, const Signed& signature, const std::optional<SigningPlace>& place, Report& report) {
  const auto made = parse_amz_date(signature.date);
  const bool clock = facts.clock == ClockSource::Response || facts.clock == ClockSource::Option;
  if (!made || !clock) return;
  const std::string evidence = fmt::format("X-Amz-Date={} ({})", signature.date, instant_text(*made));
  if (signature.in_url) {
    const Instant end = *made + std::chrono::seconds{std::clamp<std::int64_t>(signature.expires.value_or(604800), 0, 604800)};
    if (facts.now <= end) return;
    report.fault(Cause::Sigv4Skew, Certainty::Certain, facts)
        .summary(fmt::format("The signed URL expired {}.", before_clock(facts, end)))
        .detail(fmt::format(
            "It was signed at {} for {}. {} Signed with temporary credentials it ends with them, which may be sooner.", instant_text(*made),
            signature.expires ? span_text(std::chrono::seconds{*signature.expires}) : std::string("a time that it does not name"),
            clock_text(facts)))
        .fix("Make a new signed URL and use it at once (aws s3 presign --expires-in SECONDS; seven days at most).")
        .see("request.query", "X-Amz-Date", evidence, signature.date);
    return;
  }
  const Duration limit = std::chrono::minutes{place && place->service == "s3" ? 15 : 5};
  const Duration off = *made - facts.now;

  if (off <= limit && off >= -limit) return;
  report.fault(Cause::Sigv4Skew, Certainty::Certain, facts)
      .summary(fmt::format("The request was signed {}, and AWS grants {}.",
                           off.count() < 0 ? before_clock(facts, *made) : after_clock(facts, *made), span_text(limit)))
      .detail(clock_text(facts))
      .fix(
          "Synchronise the clock of the machine that signs (NTP; after sleep in WSL, Docker Desktop or a virtual machine: hwclock -s). "
          "Sign every request anew; a retry with an old signature fails.")
      .see("request.header", "x-amz-date", evidence, signature.date);
}

void scope(const Facts& facts, const Signed& signature, const std::optional<SigningPlace>& place, Report& report) {
  // Credential = access key / date / region / service / aws4_request
  const auto pieces = split(signature.credential, '/');
  const auto fault = [&](std::string summary, std::string fix, std::string mark) {
    const std::string shown = pieces.size() > 1 ? signature.credential.substr(pieces.front().size()) : signature.credential;
    report.fault(Cause::Sigv4Scope, Certainty::Certain, facts)
        .summary(std::move(summary))
        .fix(std::move(fix))
        .see(signature.part, signature.name, "Credential=…" + shown, std::move(mark));
  };
  if (pieces.size() < 5) return;
  const std::string &day = pieces[pieces.size() - 4], &region = pieces[pieces.size() - 3], &service = pieces[pieces.size() - 2];
  if (pieces.back() != "aws4_request")
    return fault("The signature's credential scope does not end in aws4_request.", "Let an AWS SDK or curl --aws-sigv4 sign the request.",
                 pieces.back());
  if (!signature.date.empty() && !signature.date.starts_with(day)) {
    return fault(fmt::format("The signature's credential scope is of {}, and X-Amz-Date is {}.", day, signature.date),
                 "Derive both from one instant in UTC: around midnight they differ otherwise.", day);
  }
  if (!place || region == "*") return;
  if (!place->region.empty() && place->region != region) {
    return fault(fmt::format("The request is signed for the region {}, and the host is in {}.", region, place->region),
                 fmt::format("Sign for {0}: AWS_REGION={0}, --region {0}, or the SDK's region setting; curl --aws-sigv4 aws:amz:{0}:{1}.",
                             place->region, service),
                 region);
  }
  if (!place->service.empty() && place->service != service) {
    return fault(fmt::format("The request is signed for the service {}, and the host is that of {}.", service, place->service),
                 fmt::format("Sign for {0} (in Postman: Service Name {0}; curl --aws-sigv4 aws:amz:{1}:{0}).", place->service, region),
                 service);
  }
}

// A signed field that is not there as it was signed.
void mutated(const Context& context, const Facts& facts, const Signed& signature, Report& report) {
  const Request& request = *facts.request();
  const auto fault = [&](std::string summary, std::string name) {
    report.fault(Cause::Sigv4HeaderMutated, Certainty::Certain, facts)
        .summary(std::move(summary))
        .fix(
            "Sign last, after everything that adds or changes headers, and for the host that the request ends at. Behind a proxy keep Host "
            "as it is (nginx: proxy_set_header Host $http_host), "
            "and sign no more headers than host and x-amz-*.")
        .see(signature.part, "SignedHeaders", signature.signed_headers, std::move(name));
  };
  if (facts.redirected_from) {
    const Facts& before = context.facts[*facts.redirected_from];
    const bool same = before.authorization() != nullptr && facts.authorization() != nullptr &&
                      before.authorization()->value == facts.authorization()->value;
    if (!signature.in_url && same && before.request()->url.host != request.url.host) {
      return fault(fmt::format("The signature was made for the host {}, and the redirect took it to {}.", before.request()->url.host,
                               request.url.host),
                   "host");
    }
  }
  if (facts.response() == nullptr) return;  // a tool may add fields when it sends
  for (const std::string& name : split(signature.signed_headers, ';')) {
    if (!name.starts_with("x-") || request.headers.has(name)) continue;
    return fault(fmt::format("The signature covers the header {}, which is not in the request.", quoted_text(name)), name);
  }
}

// Two ways of signing in at once: S3 refuses them, and a redirect to a signed URL often brings them about.
void two_mechanisms(const Facts& facts, Report& report) {
  const Request* request = facts.request();
  const SentCredential* sent = facts.authorization();
  if (request == nullptr || sent == nullptr || trim_ows(sent->rest).empty()) return;
  const bool aws = !query_value(*request, "X-Amz-Signature").empty() ||
                   (!query_value(*request, "AWSAccessKeyId").empty() && !query_value(*request, "Signature").empty());
  const bool google = !query_value(*request, "X-Goog-Signature").empty();
  const bool azure = !query_value(*request, "sig").empty() && !query_value(*request, "sv").empty() &&
                     request->url.host.find(".core.windows.net") != std::string::npos;
  if (!aws && !google && !azure) return;
  report.fault(Cause::TwoAuthMechanisms, aws ? Certainty::Certain : Certainty::Probable, facts)
      .summary(fmt::format("The URL is signed already{}, and the request carries Authorization: {} as well; {} takes one of them only.",
                           facts.redirected_from ? " (a redirect led to it)" : "", sent->scheme.empty() ? "…" : printable(sent->scheme, 24),
                           aws ? "S3" : "the store"))
      .fix(facts.redirected_from
               ? "Send the signed URL without Authorization: follow the redirect by hand, or let the client drop the header when the host "
                 "changes (curl does; not with --location-trusted)."
               : "Send the signed URL as it is, without an Authorization header (in axios or fetch: no default header for this call).")
      .see("request.header", sent->name, sent->value, sent->scheme)
      .see("request.query",
           aws      ? "X-Amz-Signature"
           : google ? "X-Goog-Signature"
                    : "sig",
           "a signature");
}

}  // namespace

void sigv4(const Context& context, const Facts& facts, Report& report) {
  if (facts.superseded) return;
  two_mechanisms(facts, report);
  const auto signature = read_signature(facts);
  if (!signature) return;
  const auto place = signing_place_of(facts.request()->url.host);
  skew(facts, *signature, place, report);
  scope(facts, *signature, place, report);
  mutated(context, facts, *signature, report);
}

}  // namespace quivive::diagnose::rules
