#include "unit/diagnose/rules/rows.h"

#include "diagnose/rules/digest_detail.h"

namespace quivive::diagnose::rows {
namespace {

constexpr std::string_view kDigestCodes =
    "digest-nonce-stale digest-bad-secret digest-uri-mismatch digest-nonce-replayed digest-qop-missing digest-qop-parse "
    "digest-auth-int-only digest-algorithm digest-not-first "
    "digest-two-challenges digest-wrong-response digest-domain-ignored";

std::string host(std::string_view agent = "curl/8.5.0") { return "Host: cam.example.test\r\nUser-Agent: " + std::string(agent) + "\r\n"; }
std::string challenge(std::string_view params) {
  return "Date: Sat, 01 Mar 2025 12:00:00 GMT\r\nWWW-Authenticate: Digest " + std::string(params) + "\r\n";
}

struct Sent {
  std::string realm = "cam", nonce = "n1", uri = "/shot", nc = "00000001", qop = "auth", cnonce = "c7d01b52e9", algorithm = "MD5",
              response = "6fd7f616134c2a3f130102875f89849e", more = "";
};
std::string authorization(const Sent& s) {
  std::string out = "Authorization: Digest username=\"ops\", realm=\"" + s.realm + "\", nonce=\"" + s.nonce + "\", uri=\"" + s.uri + "\"";
  if (!s.cnonce.empty()) out += ", cnonce=\"" + s.cnonce + "\"";
  if (!s.nc.empty()) out += ", nc=" + s.nc;
  if (!s.qop.empty()) out += ", qop=" + s.qop;
  out += ", response=\"" + s.response + "\"";
  if (!s.algorithm.empty()) out += ", algorithm=" + s.algorithm;
  return out + s.more + "\r\n";
}

std::string first(std::string_view params = "realm=\"cam\", nonce=\"n1\", qop=\"auth\", algorithm=MD5", std::string_view target = "/shot") {
  return exchange("GET " + std::string(target), host(), "401 Unauthorized", challenge(params));
}
std::string refused(const Sent& sent, std::string_view params = "realm=\"cam\", nonce=\"n2\", qop=\"auth\", algorithm=MD5",
                    std::string_view target = "/shot") {
  return exchange("GET " + std::string(target), host() + authorization(sent), "401 Unauthorized", challenge(params));
}
std::string accepted(const Sent& sent) {
  return exchange("GET /shot", host() + authorization(sent), "200 OK", "Content-Type: text/plain\r\n", "ok");
}

TEST(DigestRules, Table_Verdicts) {
  check({
      {.name = "new nonce, not stale",
       .text = first() + refused({}),
       .verdict = "digest-bad-secret probable",
       .absent = "digest-nonce-stale digest-uri-mismatch digest-nonce-replayed digest-wrong-response"},
      {.name = "same nonce again",
       .text = refused({}, "realm=\"cam\", nonce=\"n1\", qop=\"auth\""),
       .verdict = "digest-bad-secret probable"},
      {.name = "stale",
       .text = refused({}, "realm=\"cam\", nonce=\"n2\", qop=\"auth\", stale=true"),
       .verdict = "digest-nonce-stale certain",
       .absent = "digest-bad-secret"},
      {.name = "stale, alone",
       .format = Format::Header,
       .text = "WWW-Authenticate: Digest realm=\"cam\", nonce=\"n2\", qop=\"auth\", stale=TRUE",
       .verdict = "digest-nonce-stale certain"},
      {.name = "stale, then wrong",
       .text = refused({}, "realm=\"cam\", nonce=\"n2\", qop=\"auth\", stale=true") +
               refused({.nonce = "n2"}, "realm=\"cam\", nonce=\"n3\", qop=\"auth\""),
       .verdict = "digest-bad-secret probable",
       .absent = "digest-nonce-stale"},
      {.name = "stale, then accepted",
       .text = refused({}, "realm=\"cam\", nonce=\"n2\", qop=\"auth\", stale=true") + accepted({.nonce = "n2"}),
       .verdict = "none",
       .absent = std::string(kDigestCodes)},
      {.name = "negotiated", .text = first() + accepted({}), .verdict = "none", .absent = std::string(kDigestCodes)},
      {.name = "no query",
       .text = refused({}, "realm=\"cam\", nonce=\"n2\", qop=\"auth\"", "/shot?ch=1"),
       .verdict = "digest-uri-mismatch certain",
       .absent = "digest-bad-secret"},
      {.name = "rewritten", .text = refused({.uri = "/cam/shot"}), .verdict = "digest-uri-mismatch certain"},
      {.name = "absolute", .text = refused({.uri = "http://cam.example.test/shot"}), .verdict = "digest-uri-mismatch probable"},
      {.name = "behind a proxy",
       .text = exchange("GET /shot", host() + "X-Forwarded-For: 192.0.2.1\r\n" + authorization({.uri = "/cam/shot"}), "401 Unauthorized",
                        challenge("realm=\"cam\", nonce=\"n2\", qop=\"auth\"")),
       .verdict = "digest-uri-mismatch probable"},
      {.name = "count used twice", .text = accepted({}) + refused({}), .verdict = "digest-nonce-replayed certain"},
      {.name = "count of seven digits", .text = refused({.nc = "0000001"}), .verdict = "digest-nonce-replayed certain"},
      {.name = "count from 0", .text = refused({.nc = "00000000"}), .verdict = "digest-nonce-replayed certain"},
      {.name = "count over all nonces", .text = first() + refused({.nc = "00000002"}), .verdict = "digest-nonce-replayed certain"},
      {.name = "count goes on",
       .text = accepted({}) + refused({.nc = "00000002"}),
       .verdict = "digest-bad-secret probable",
       .absent = "digest-nonce-replayed"},
      {.name = "no qop", .text = first() + refused({.nc = "", .qop = "", .cnonce = ""}), .verdict = "digest-qop-missing certain"},
      {.name = "no cnonce", .text = first() + refused({.cnonce = ""}), .verdict = "digest-qop-missing certain"},
      {.name = "qop not offered",
       .text = first("realm=\"cam\", nonce=\"n1\"") + refused({}, "realm=\"cam\", nonce=\"n2\""),
       .verdict = "digest-qop-missing certain"},
      {.name = "auth for auth-int",
       .text = first("realm=\"cam\", nonce=\"n1\", qop=\"auth-int\"") + refused({}),
       .verdict = "digest-auth-int-only certain",
       .absent = "digest-qop-missing"},
      {.name = "MD5 for SHA-256",
       .text = first("realm=\"cam\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256") + refused({}),
       .verdict = "digest-algorithm certain"},
      {.name = "none for SHA-512-256",
       .text = refused({.algorithm = ""}, "realm=\"cam\", nonce=\"n2\", qop=\"auth\", algorithm=SHA-512-256"),
       .verdict = "digest-algorithm certain"},
      {.name = "another realm", .text = first() + refused({.realm = "Cam"}), .verdict = "digest-wrong-response certain"},
      {.name = "opaque left out",
       .text = first("realm=\"cam\", nonce=\"n1\", qop=\"auth\", opaque=\"xyz\"") + refused({}),
       .verdict = "digest-wrong-response probable"},
      {.name = "response too short", .text = first() + refused({.response = "6fd7f6"}), .verdict = "digest-wrong-response certain"},
  });
}

TEST(DigestRules, TwoChallenges_MixedOrOtherRealm) {
  const std::string two = exchange("GET /shot", host(), "401 Unauthorized",
                                   "WWW-Authenticate: Digest realm=\"cam\", nonce=\"abc\", algorithm=SHA-256, "
                                   "qop=\"auth\"\r\nWWW-Authenticate: Digest realm=\"cam\", nonce=\"n1\", qop=\"auth\"\r\n");
  const std::string realms = exchange("GET /shot", host(), "401 Unauthorized",
                                      "WWW-Authenticate: Digest realm=\"cam\", nonce=\"n1\", qop=\"auth\"\r\nWWW-Authenticate: Digest "
                                      "realm=\"admin\", nonce=\"n9\", qop=\"auth\"\r\n");
  check({
      {.name = "mixed",
       .text = two + refused({.algorithm = "SHA-256", .response = std::string(64, 'a')}),
       .verdict = "digest-two-challenges probable"},
      {.name = "kept apart",
       .text = two + refused({}),
       .verdict = "digest-bad-secret probable",
       .absent = "digest-two-challenges digest-algorithm"},
      {.name = "two realms", .text = realms + refused({}), .verdict = "digest-two-challenges probable"},
  });
}

TEST(DigestRules, Client_CannotAnswer) {
  const auto silent = [](std::string_view agent, std::string_view line) {
    return exchange("GET /shot", host(agent), "401 Unauthorized", "WWW-Authenticate: " + std::string(line) + "\r\n");
  };
  check({
      {.name = "requests and a space",
       .text = silent("python-requests/2.31.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth-int, auth\""),
       .verdict = "digest-qop-parse certain"},
      {.name = "HTTPie and a space",
       .text = silent("HTTPie/3.2.2", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth-int, auth\""),
       .verdict = "digest-qop-parse certain"},
      {.name = "auth first",
       .text = silent("python-requests/2.31.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth, auth-int\""),
       .absent = std::string(kDigestCodes)},
      {.name = "curl trims",
       .text = silent("curl/8.5.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth-int, auth\""),
       .absent = std::string(kDigestCodes)},
      {.name = "auth-int for requests",
       .text = silent("python-requests/2.31.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth-int\""),
       .verdict = "digest-auth-int-only certain"},
      {.name = "auth-int for httpx",
       .text = silent("python-httpx/0.27.0", "Digest realm=\"cam\", nonce=\"n\", qop=auth-int"),
       .verdict = "digest-auth-int-only certain"},
      {.name = "SHA-512-256 for requests",
       .text = silent("python-requests/2.31.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth\", algorithm=SHA-512-256"),
       .verdict = "digest-algorithm certain"},
      {.name = "SHA-256 for Bruno",
       .text = silent("bruno-runtime/1.20.0", "Digest realm=\"cam\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"),
       .verdict = "digest-algorithm certain"},
      {.name = "Basic first for httpx",
       .text = silent("python-httpx/0.27.0", "Basic realm=\"cam\", Digest realm=\"cam\", nonce=\"n\", qop=\"auth\""),
       .verdict = "digest-not-first certain"},
      {.name = "Basic first for Bruno",
       .text = silent("bruno-runtime/1.20.0", "Basic realm=\"cam\", Digest realm=\"cam\", nonce=\"n\", qop=\"auth\""),
       .verdict = "digest-not-first certain"},
      {.name = "own line for httpx",
       .text = silent("python-httpx/0.27.0", "Basic realm=\"cam\"\r\nWWW-Authenticate: Digest realm=\"cam\", nonce=\"n\", qop=\"auth\""),
       .absent = std::string(kDigestCodes)},
      {.name = "one it can",
       .text = silent("python-requests/2.31.0",
                      "Digest realm=\"cam\", nonce=\"n\", algorithm=SHA-512-256\r\nWWW-Authenticate: Digest realm=\"cam\", nonce=\"n\", "
                      "algorithm=MD5"),
       .absent = std::string(kDigestCodes)},
  });
}

TEST(DigestRules, Domain_OnAnotherHost) {
  const std::string here = exchange("GET /shot", host(), "401 Unauthorized",
                                    challenge("realm=\"cam\", nonce=\"n1\", qop=\"auth\", domain=\"/ https://store.example.test/clips\""));
  const auto there = [](std::string_view name) {
    return exchange("GET /clips/1", "Host: " + std::string(name) + "\r\n", "401 Unauthorized",
                    challenge("realm=\"cam\", nonce=\"n7\", qop=\"auth\""));
  };
  check({{.name = "named", .text = here + there("store.example.test"), .found = "digest-domain-ignored"},
         {.name = "not named", .text = here + there("other.example.test"), .absent = "digest-domain-ignored"}});
}

// The example of RFC 2617 section 3.5, which RFC 7616 has in SHA-256 as well (section 3.9.1).
Sent example(std::string_view algorithm, std::string_view response) {
  return {.realm = "http-auth@example.org",
          .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
          .uri = "/dir/index.html",
          .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
          .algorithm = std::string(algorithm),
          .response = std::string(response)};
}

Expectations with_password(std::string user, std::string password) {
  Expectations expected;
  expected.user = std::move(user);
  expected.password = Secret(std::move(password));
  return expected;
}

std::string mufasa(const Sent& sent) {
  std::string line = authorization(sent);
  line.replace(line.find("ops"), 3, "Mufasa");
  return exchange("GET /dir/index.html", "Host: www.example.org\r\n" + line, "401 Unauthorized",
                  challenge("realm=\"http-auth@example.org\", nonce=\"x\", qop=\"auth\", algorithm=" + sent.algorithm));
}

TEST(DigestRules, Password_Recomputed) {
  const std::string md5 = "8ca523f5e9506fed4657c9700eebdbec", sha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
  for (const auto& [algorithm, response] : {std::pair{"MD5", md5}, std::pair{"SHA-256", sha256}}) {
    check({.name = algorithm,
           .text = mufasa(example(algorithm, response)),
           .verdict = "digest-bad-secret probable",
           .absent = "digest-wrong-response"},
          with_password("Mufasa", "Circle of Life"));
    check({.name = algorithm, .text = mufasa(example(algorithm, response)), .verdict = "digest-wrong-response certain"},
          with_password("Mufasa", "Circle of Strife"));
    check({.name = algorithm, .text = mufasa(example(algorithm, response)), .verdict = "digest-wrong-response certain"},
          with_password("Scar", "Circle of Life"));
  }
  // Sent by a client that hashed the line feed of its password file, or what was left of it after the shell.
  const Diagnosis quoted = judge(Format::Http, mufasa(example("MD5", md5)), with_password("Mufasa", "Circle%20of+Life"));
  EXPECT_NE(find(quoted, Cause::DigestWrongResponse)->summary.find("form-decoded"), std::string::npos);
}

TEST(DigestDetail, Response_OfTheRfc) {
  using namespace digest_detail;
  DigestInput in{.algorithm = "SHA-512-256",
                 .user = "J\xC3\xA4s\xC3\xB8n Doe",
                 .realm = "api@example.org",
                 .password = "Secret, or not?",
                 .method = "GET",
                 .uri = "/doe.json",
                 .nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
                 .nc = "00000001",
                 .cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
                 .qop = "auth",
                 .body = ""};
  // RFC 7616 section 3.9.2 with erratum 4897.
  EXPECT_EQ(compute_response(in), "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
  in.algorithm = "SHA-1";
  EXPECT_EQ(compute_response(in), std::nullopt);
}

}  // namespace
}  // namespace quivive::diagnose::rows
