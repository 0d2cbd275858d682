// quivive token verify

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/show.h"
#include "cli/token_input.h"
#include "cli/why_input.h"
#include "crypto/public_key.h"
#include "diagnose/token_view.h"
#include "diagnose/wording.h"
#include "jose/examine_jwt.h"

#include <cmath>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxKeyFile = 1024 * 1024;
constexpr double kMaxLeeway = 600;

struct AskedVerify {
  std::string token, jwks, jwk, pem, issuer, now;
  std::vector<std::string> algorithms, audiences;
  double leeway = 60;
  bool json = false, signature_only = false;
};

template <class T>
Result<T, Failure> or_failure(Result<T> result, std::string_view what) {
  if (!result) return Failure{kWrong, fmt::format("{}: {}", what, result.error().message)};
  return std::move(*result);
}

// One JWK as a set of one.
Result<jose::KeySet> one_key(const std::string& text) {
  const auto json = parse_json(text, {.bytes = kMaxKeyFile});
  if (!json) return json.error();
  if (!json->is_object()) return error("no JSON object");
  auto key = jose::Jwk::from_json(json->get_object());
  if (!key) return error("{}", key.error().message);
  return jose::KeySet::of({std::move(*key)});
}

Result<jose::KeySet> pem_key(const std::string& text) {
  auto key = crypto::PublicKey::from_pem(text);
  if (!key) return key.error();
  return jose::KeySet::of({jose::Jwk::from_public_key(std::move(*key))});
}

Result<jose::KeySet, Failure> read_keys(const AskedVerify& asked) {
  const int given = !asked.jwks.empty() + !asked.jwk.empty() + !asked.pem.empty();
  if (given == 0) return Failure{kWrong, "it needs a key: --jwks FILE, --jwk FILE or --pem FILE"};
  if (given > 1) return Failure{kWrong, "--jwks, --jwk and --pem exclude each other"};
  const std::string& name = !asked.jwks.empty() ? asked.jwks : !asked.jwk.empty() ? asked.jwk : asked.pem;
  const auto text = read_text_file(name, kMaxKeyFile);
  if (!text) return text.error();
  if (!asked.jwks.empty())
    return or_failure(jose::KeySet::parse(*text, jose::SymmetricKeys::Allow, {.bytes = kMaxKeyFile}), printable(name));
  return or_failure(!asked.jwk.empty() ? one_key(*text) : pem_key(*text), printable(name));
}

Result<jose::Examination, Failure> examination(const AskedVerify& asked) {
  jose::Examination out;
  for (const std::string& name : asked.algorithms) {
    const auto algorithm = jose::parse_algorithm(name);
    if (!algorithm) {
      std::vector<std::string_view> names;
      for (const auto& row : jose::all_algorithms()) names.push_back(row.name);
      return Failure{kWrong, fmt::format("--algorithm '{}' is none; one of {}", printable(name, 40), fmt::join(names, ", "))};
    }
    out.algorithms.push_back(*algorithm);
  }
  if (!asked.issuer.empty()) out.issuer = asked.issuer;
  out.audiences = asked.audiences;
  if (!(asked.leeway >= 0 && asked.leeway <= kMaxLeeway))
    return Failure{kWrong, fmt::format("--leeway is not between 0 and {} seconds", kMaxLeeway)};
  out.leeway = Duration{static_cast<std::int64_t>(asked.leeway * 1000)};
  out.signature_only = asked.signature_only;
  return out;
}

void print_json(const diagnose::TokenView& token, const std::vector<jose::JwtFailure>& failures, const AskedVerify& asked, Instant now, Io& io) {
  JsonArray rows;
  for (const jose::JwtFailure& failure : failures)
    rows.push_back(JsonObject{{"code", code_of(failure.reason)}, {"detail", failure.detail}});
  io.out << to_json(JsonObject{{"valid", failures.empty()},
                               {"code", failures.empty() ? Json(nullptr) : Json(code_of(failures.front().reason))},
                               {"detail", failures.empty() ? Json("") : Json(failures.front().detail)},
                               {"failures", rows},
                               {"leeway", asked.leeway},
                               {"now", rfc3339(now)},
                               {"header", token.header_read ? Json(token.header) : Json(nullptr)},
                               {"claims", token.claims_read ? Json(token.claims) : Json(nullptr)}})
         << '\n';
}

void print(const diagnose::TokenView& token, const std::vector<jose::JwtFailure>& failures, const AskedVerify& asked, Instant now, Io& io) {
  io.out << (failures.empty() ? "valid" : fmt::format("not valid: {} failure{}", failures.size(), failures.size() == 1 ? "" : "s")) << '\n';
  for (const jose::JwtFailure& failure : failures) io.out << fmt::format("  {:<28}  {}\n", code_of(failure.reason), failure.detail);
  io.out << fmt::format("judged at {}, leeway {} s{}\n", diagnose::instant_text(now), std::lround(asked.leeway),
                        asked.signature_only ? ", signature only" : "");
  if (failures.empty() && !asked.signature_only && token.claim("exp") == nullptr) io.out << "note: it has no exp, so it never expires\n";
  if (failures.empty() && !asked.signature_only && asked.audiences.empty())
    io.out << "note: the audience was not checked; give --audience\n";
  if (failures.empty() && !asked.signature_only && asked.issuer.empty()) io.out << "note: the issuer was not checked; give --issuer\n";
}

}  // namespace

int run_token_verify(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  AskedVerify asked;
  options.add_positional("token", asked.token, "the token; - reads it from standard input");
  CLI::App& app = options.app();
  app.add_option("--jwks", asked.jwks, "a JWK set with the issuer's keys")->type_name("FILE");
  app.add_option("--jwk", asked.jwk, "one JWK; kty oct for HS algorithms")->type_name("FILE");
  app.add_option("--pem", asked.pem, "a public key or certificate")->type_name("FILE");
  app.add_option("--algorithm", asked.algorithms, "an algorithm that is expected; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--issuer", asked.issuer, "what iss has to be")->type_name("ISSUER");
  app.add_option("--audience", asked.audiences, "one of these has to be in aud")->type_name("AUDIENCE")->allow_extra_args(false);
  app.add_option("--leeway", asked.leeway, "seconds by which clocks may differ; 60 unless given")->type_name("SECONDS");
  app.add_option("--now", asked.now, "the instant to judge by, like 2026-11-23T10:03:31Z; the clock unless given")->type_name("TIME");
  app.add_flag("--signature-only", asked.signature_only, "checks the signature of any JWS and looks at no claim");
  options.add_json(asked.json);
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto token = read_token_input(asked.token, io.in);
  if (!token) return fail(self, token.error(), io);
  const auto keys = read_keys(asked);
  if (!keys) return fail(self, keys.error(), io);
  const auto expected = examination(asked);
  if (!expected) return fail(self, expected.error(), io);
  Instant now = io.clock.now();
  if (!asked.now.empty()) {
    const auto given = parse_instant(asked.now);
    if (!given) return fail(self, {kWrong, "--now is no instant; write it like 2026-11-23T10:03:31Z"}, io);
    now = *given;
  }
  const auto failures = jose::examine(*token, *keys, *expected, now);
  if (!failures) return fail(self, {kWrong, failures.error().message}, io);
  const diagnose::TokenView view = diagnose::view_token(*token);
  asked.json ? print_json(view, *failures, asked, now, io) : print(view, *failures, asked, now, io);
  return failures->empty() ? kDone : kNo;
}

}  // namespace quivive::cli
