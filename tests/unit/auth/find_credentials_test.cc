#include "auth/find_credentials.h"

#include "base/base64.h"
#include "world.h"

namespace quivive::auth {
namespace {

const std::string kKey = World::unstored_key(1);
const std::string kJwt = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln";

RoutePolicy of(std::string_view accepts) {
  RouteSettings settings = accepting({});
  for (const char c : accepts) {
    if (c == 'b') settings.accept.push_back(Scheme::Bearer);
    if (c == 'k' || c == 'q' || c == 'h') settings.accept.push_back(Scheme::ApiKey);
    if (c == 'p') settings.accept.push_back(Scheme::Basic);
    if (c == 'q') settings.api_key.query = "api_key";      // keys in the query too
    if (c == 'h') settings.api_key.authorization = false;  // keys in their header only
  }
  return policy(std::move(settings));
}

// What the rules of docs/credentials.md come to. The route: b bearer, k API keys in header and Authorization, q in the
// query too, h in the header only, p Basic.
TEST(FindCredentials, Request_GivesOneCredentialOrTheReason) {
  const std::string basic = base64_encode("alice:secret");
  struct Row {
    std::string_view accepts;
    std::string request;
    Reason reason;
    std::string_view detail_or_place;
  };
  const std::vector<Row> rows{
      // One credential, accepted.
      {"b", "GET /\nAuthorization: Bearer " + kJwt, Reason::Allowed, "Authorization"},
      {"b", "GET /\nauthorization: bEARER   " + kJwt, Reason::Allowed, "Authorization"},
      {"p", "GET /\nAuthorization: Basic " + basic, Reason::Allowed, "Authorization"},
      {"k", "GET /\nAuthorization: ApiKey " + kKey, Reason::Allowed, "Authorization"},
      {"k", "GET /\nx-api-key: " + kKey, Reason::Allowed, "key header"},
      {"q", "GET /?a=1&api_key=" + kKey, Reason::Allowed, "query"},
      {"q", "GET /?api%5Fkey=" + kKey, Reason::Allowed, "query"},
      {"bkp", "GET /?page=2\nAuthorization: Bearer " + kJwt, Reason::Allowed, "Authorization"},
      // Nothing.
      {"b", "GET /", Reason::CredentialsMissing, ""},
      {"b", "GET /\nX-API-Key: " + kKey, Reason::CredentialsMissing, "in a field, and this route takes no API keys"},
      {"k", "GET /\nX_API_Key: " + kKey, Reason::CredentialsMissing, "not looked for"},
      {"k", "GET /\nX_API_Key: " + kKey.substr(0, 62), Reason::CredentialsMissing, ""},
      {"k", "GET /\nX_API_Key: " + kKey + "\nAuthorization: Token abc", Reason::SchemeUnsupported, "does not accept"},
      {"k", "GET /\nX_API_Key: " + kKey + "\nX-API-Key: " + kKey, Reason::Allowed, "key header"},
      {"b", "GET /\nProxy-Authorization: Bearer " + kJwt, Reason::CredentialsMissing, ""},
      {"b", "GET /\nCookie: session=1", Reason::CredentialsMissing, ""},
      {"b", "GET /\nAuthorization:", Reason::CredentialsMissing, "nothing in it"},
      {"b", "GET /?access_token=" + kJwt, Reason::CredentialsMissing, "access_token"},
      {"b", "GET /?k=" + kKey, Reason::CredentialsMissing, "takes no API keys"},
      {"k", "GET /?access_token=" + kJwt, Reason::CredentialsMissing, ""},
      // A name, and nothing after it.
      {"b", "GET /\nAuthorization: Bearer", Reason::TokenEmpty, "nothing after"},
      {"b", "GET /\nAuthorization: Bearer ", Reason::TokenEmpty, "nothing after"},
      {"p", "GET /\nAuthorization: Basic", Reason::BasicMalformed, "nothing after"},
      {"k", "GET /\nAuthorization: ApiKey", Reason::KeyMalformed, "nothing after"},
      {"k", "GET /\nX-API-Key:", Reason::KeyMalformed, "nothing in it"},
      {"q", "GET /?api_key=", Reason::KeyMalformed, "nothing in it"},
      {"q", "GET /?api_key", Reason::KeyMalformed, "nothing in it"},
      // A scheme that is not taken here.
      {"b", "GET /\nAuthorization: Token " + kJwt, Reason::SchemeUnsupported, "another word than Bearer"},
      {"b", "GET /\nAuthorization: JWT " + kJwt, Reason::SchemeUnsupported, "another word than Bearer"},
      {"b", "GET /\nAuthorization: Token abc", Reason::SchemeUnsupported, "does not accept"},
      {"b", "GET /\nAuthorization: Sesame abc", Reason::SchemeUnsupported, "not known"},
      {"b", "GET /\nAuthorization: NTLM", Reason::SchemeUnsupported, "does not accept"},
      {"b", "GET /\nAuthorization: " + kJwt, Reason::SchemeUnsupported, "without the word Bearer"},
      {"b", "GET /\nAuthorization: Bearer\t" + kJwt, Reason::SchemeUnsupported, "no scheme"},
      {"b", "GET /\nAuthorization: Bearer: " + kJwt, Reason::SchemeUnsupported, "no scheme"},
      {"b", "GET /\nAuthorization: Bearer", Reason::TokenEmpty, ""},
      {"b", "GET /\nAuthorization: Basic " + basic, Reason::SchemeUnsupported, "does not accept"},
      {"p", "GET /\nAuthorization: Bearer " + kJwt, Reason::SchemeUnsupported, "does not accept"},
      {"p", "GET /\nAuthorization: Bearer", Reason::SchemeUnsupported, "does not accept"},
      {"k", "GET /\nAuthorization: " + kKey, Reason::SchemeUnsupported, "API key without a scheme"},
      {"k", "GET /\nAuthorization: Bearer " + kKey, Reason::SchemeUnsupported, "API key after the word Bearer"},
      {"k", "GET /\nAuthorization: Key " + kKey, Reason::SchemeUnsupported, "another word than ApiKey"},
      {"h", "GET /\nAuthorization: ApiKey " + kKey, Reason::SchemeUnsupported, "place of its own"},
      // An API key as a Bearer token, where tokens are taken: the token is what is wrong.
      {"bk", "GET /\nAuthorization: Bearer " + kKey, Reason::Allowed, "Authorization"},
      // A key where no key is taken.
      {"k", "GET /?api_key=" + kKey, Reason::KeyInWrongPlace, "query"},
      {"k", "GET /?x=" + kKey + "&y", Reason::KeyInWrongPlace, "query"},
      {"q", "GET /?apikey=" + kKey, Reason::KeyInWrongPlace, "query"},
      {"q", "GET /?api_key=&k=" + kKey, Reason::KeyInWrongPlace, "query"},
      {"k", "GET /?x=qv_short", Reason::CredentialsMissing, ""},
      {"k", "GET /?x=" + kKey + "\nAuthorization: Token abc", Reason::KeyInWrongPlace, "query"},
      {"k", "GET /keys/" + kKey, Reason::KeyInWrongPlace, "path"},
      {"q", "GET /keys/" + kKey + "/x?a=1", Reason::KeyInWrongPlace, "path"},
      {"k", "GET /keys/" + kKey + "\nAuthorization: Token abc", Reason::KeyInWrongPlace, "path"},
      {"b", "GET /keys/" + kKey, Reason::CredentialsMissing, "in the path, and this route takes no API keys"},
      {"k", "GET /keys/" + kKey.substr(0, 62), Reason::CredentialsMissing, ""},
      // Beside a credential the path is the upstream's to read.
      {"k", "GET /keys/" + kKey + "\nX-API-Key: " + kKey, Reason::Allowed, "key header"},
      {"bk", "GET /keys/" + kKey + "\nAuthorization: Bearer " + kJwt, Reason::Allowed, "Authorization"},
      // Two readers could pick different ones.
      {"b", "GET /\nAuthorization: Bearer " + kJwt + "\nAuthorization: Bearer " + kJwt,
       Reason::CredentialsDuplicateHeader, "two Authorization"},
      {"b", "GET /\nAuthorization: Bearer " + kJwt + "\nauthorization:", Reason::CredentialsDuplicateHeader,
       "two Authorization"},
      {"k", "GET /\nAuthorization: Foo x\nAuthorization: Bar y\nX-API-Key: " + kKey, Reason::CredentialsDuplicateHeader,
       "two Authorization"},
      {"b", "GET /\nAuthorization: Bearer " + kJwt + ", Bearer " + kJwt, Reason::CredentialsDuplicateHeader,
       "in one Authorization"},
      {"b", "GET /\nAuthorization: Basic " + basic + ", Bearer " + kJwt, Reason::CredentialsDuplicateHeader,
       "in one Authorization"},
      {"k", "GET /\nX-API-Key: " + kKey + "\nX-Api-Key: " + kKey, Reason::CredentialsDuplicateHeader, "two fields"},
      {"k", "GET /\nX-API-Key: " + kKey + "\nX-API-Key:", Reason::CredentialsDuplicateHeader, "two fields"},
      {"k", "GET /\nX-API-Key: " + kKey + ", " + kKey, Reason::CredentialsDuplicateHeader, "in one field"},
      {"q", "GET /?api_key=" + kKey + "\nX-API-Key: " + kKey, Reason::CredentialsInTwoPlaces, "two credentials"},
      {"q", "GET /?api_key=" + kKey + "&api_key=" + kKey, Reason::CredentialsInTwoPlaces, "twice"},
      {"q", "GET /?api_key=" + kKey + "&api%5fkey=x", Reason::CredentialsInTwoPlaces, "twice"},
      {"k", "GET /\nAuthorization: ApiKey " + kKey + "\nX-API-Key: " + kKey, Reason::CredentialsInTwoPlaces,
       "two credentials"},
      {"kp", "GET /\nAuthorization: Basic " + basic + "\nX-API-Key: " + kKey, Reason::CredentialsInTwoPlaces,
       "two credentials"},
      {"bk", "GET /\nAuthorization: Bearer " + kJwt + "\nX-API-Key: nonsense", Reason::CredentialsInTwoPlaces,
       "two credentials"},
      {"bk", "GET /?k=" + kKey + "\nAuthorization: Bearer " + kJwt, Reason::CredentialsInTwoPlaces, "in the query"},
      {"b", "GET /?access_token=x\nAuthorization: Bearer " + kJwt, Reason::CredentialsInTwoPlaces, "access_token"},
      {"b", "GET /?access%5ftoken=x\nAuthorization: Bearer " + kJwt, Reason::CredentialsInTwoPlaces, "access_token"},
      // What the route does not take is ignored beside what it takes, and so is an empty one.
      {"k", "GET /\nAuthorization: Token abc\nX-API-Key: " + kKey, Reason::Allowed, "key header"},
      {"k", "GET /\nAuthorization: Basic " + basic + "\nX-API-Key: " + kKey, Reason::Allowed, "key header"},
      {"b", "GET /\nAuthorization: Bearer " + kJwt + "\nX-API-Key: " + kKey, Reason::Allowed, "Authorization"},
      {"b", "GET /?k=" + kKey + "\nAuthorization: Bearer " + kJwt, Reason::Allowed, "Authorization"},
      {"p", "GET /?access_token=x\nAuthorization: Basic " + basic, Reason::Allowed, "Authorization"},
      {"bk", "GET /\nAuthorization: Bearer\nX-API-Key: " + kKey, Reason::Allowed, "key header"},
      {"bk", "GET /\nAuthorization: Bearer " + kJwt + "\nX-API-Key:", Reason::Allowed, "Authorization"},
      // Of several failures the one that tells most.
      {"k", "GET /\nAuthorization: Token abc\nX-API-Key:", Reason::KeyMalformed, "nothing in it"},
      {"bk", "GET /?access_token=x\nAuthorization: Bearer", Reason::TokenEmpty, "nothing after"},
  };
  for (const Row& row : rows) {
    const RoutePolicy route = of(row.accepts);
    const Request request(row.request);
    const FoundCredentials found = find_credentials(request.view(), route);
    EXPECT_EQ(code_of(found.reason), code_of(row.reason)) << row.accepts << " " << row.request;
    EXPECT_EQ(found.credential.has_value(), row.reason == Reason::Allowed) << row.request;
    const std::string_view text = found.credential ? place_name(found.credential->place) : found.detail;
    EXPECT_NE(text.find(row.detail_or_place), std::string_view::npos) << row.request << ": " << text;
    EXPECT_EQ(text.empty(), row.detail_or_place.empty() && row.reason == Reason::CredentialsMissing) << row.request;
    if (found.credential) {
      EXPECT_FALSE(found.credential->value.empty());
    }
  }
}

TEST(FindCredentials, Value_IsWithoutItsScheme) {
  const RoutePolicy route = of("b");
  const Request request("GET /\nAuthorization: Bearer   " + kJwt + "  ");
  EXPECT_EQ(find_credentials(request.view(), route).credential->value, kJwt);
}

TEST(FindCredentials, OtherHeaderName_IsRead) {
  RouteSettings settings = accepting({Scheme::ApiKey});
  settings.api_key.header = "X-Acme-Key";
  const RoutePolicy route = policy(std::move(settings));
  EXPECT_TRUE(find_credentials(Request("GET /\nx-acme-KEY: " + kKey).view(), route).credential);
  EXPECT_FALSE(find_credentials(Request("GET /\nX-API-Key: " + kKey).view(), route).credential);
  EXPECT_FALSE(find_credentials(Request("GET /\nX_Acme_Key: " + kKey).view(), route).credential);
}

TEST(FindCredentials, PublicRoute_LooksAtNothing) {
  RouteSettings settings;
  settings.is_public = true;
  const RoutePolicy route = policy(std::move(settings));
  World world;
  const Verdict verdict = world.decide(route, "GET /\nAuthorization: Bearer x\nAuthorization: Bearer y");
  EXPECT_TRUE(verdict.allowed());
  EXPECT_EQ(verdict.principal, nullptr);
}

TEST(FindCredentials, ManyFields_SeenIsBounded) {
  const Request request("GET /?api_key=" + kKey + "&k=" + kKey +
                        "&access_token=x\nAuthorization: Bearer x\nX-API-Key: a\nX-API-Key: b");
  const FoundCredentials found = find_credentials(request.view(), of("bq"));
  EXPECT_LE(found.seen_count, FoundCredentials::kMaxSeen);
}

TEST(Attempt, FoundForAPublicRoute_LetsNobodyIn) {
  RouteSettings settings;
  settings.is_public = true;
  const RoutePolicy open = policy(std::move(settings));
  const RoutePolicy closed = of("b");
  FoundCredentials found = find_credentials(Request("GET /").view(), open);
  found.reason = Reason::Allowed;
  Tools tools(Secret("m"), 1);
  Attempt attempt(closed, found, std::make_shared<const Snapshot>(), tools, kNow);
  EXPECT_EQ(std::get<Verdict>(attempt.advance()).reason, Reason::VerifierMisconfigured);
}

TEST(Attempt, CredentialOfASchemeNotAccepted_IsNotJudged) {
  const Request request(with_token(token()));
  const FoundCredentials found = find_credentials(request.view(), of("b"));
  World world;
  const RoutePolicy passwords = of("p");
  Attempt attempt(passwords, found, std::make_shared<const Snapshot>(world.snapshot), world.tools, kNow);
  EXPECT_FALSE(std::get<Verdict>(attempt.advance()).allowed());
}

TEST(Attempt, NothingSent_CarriesNoText) {
  World world;
  const Verdict verdict = world.decide(of("b"), "GET /");
  EXPECT_EQ(verdict.reason, Reason::CredentialsMissing);
  EXPECT_TRUE(verdict.detail.empty());
  EXPECT_TRUE(verdict.checks.empty());
}

// What an operator needs to tell the client what to do. Words that are no scheme's name may be secrets, and are not repeated.
TEST(Attempt, NothingToJudge_DetailAndTraceSayWhatWasSeenAndWhatIsWanted) {
  struct Row {
    std::string_view accepts;
    std::string request, detail;
    std::string_view seen;
  };
  constexpr std::string_view kPlaces = "X-API-Key: KEY or Authorization: ApiKey KEY";
  const std::string key_list = fmt::format("an API key ({})", kPlaces);
  for (const Row& row : {
           Row{"bk", "GET /\nAuthorization: token abc", fmt::format("a scheme that this route does not accept: Token; accepted: Bearer, {}", key_list),
               "found Token in Authorization"},
           Row{"b", "GET /\nAuthorization: basic YTpi", "a scheme that this route does not accept: Basic; accepted: Bearer", "found Basic in Authorization"},
           Row{"b", "GET /\nAuthorization: AWS4-HMAC-SHA256 Credential=a", "a scheme that this route does not accept: AWS4-HMAC-SHA256; accepted: Bearer",
               "found AWS4-HMAC-SHA256 in Authorization"},
           Row{"p", "GET /\nAuthorization: Negotiate", "a scheme that this route does not accept: Negotiate; accepted: Basic", "found Negotiate in Authorization"},
           Row{"b", "GET /\nAuthorization: s3cret abc", "a scheme that is not known; accepted: Bearer", "found another scheme in Authorization"},
           Row{"b", "GET /\nAuthorization: s3cret", "no scheme, or one that is not known; accepted: Bearer", "found another scheme in Authorization"},
           Row{"b", "GET /\nAuthorization: jwt " + kJwt, "a token after another word than Bearer: JWT; accepted: Bearer", "found JWT in Authorization"},
           Row{"b", "GET /\nAuthorization: " + kJwt, "a token without the word Bearer before it; accepted: Bearer", "found a token without a scheme in Authorization"},
           Row{"h", "GET /\nAuthorization: ApiKey " + kKey, "ApiKey in Authorization; here an API key has a place of its own; its place: X-API-Key: KEY",
               "found ApiKey in Authorization"},
           Row{"k", "GET /\nX_API_Key: " + kKey, fmt::format("an API key in a field where it is not looked for: X_API_Key; its place: {}", kPlaces),
               "found ApiKey in another field"},
           Row{"b", "GET /\napikey: " + kKey, "an API key in a field, and this route takes no API keys: apikey; accepted: Bearer", "found ApiKey in another field"},
           Row{"q", "GET /?API_KEY=" + kKey, "an API key in the query, where it is not taken; the parameter is api_key, and upper and lower case count",
               "found ApiKey in query"},
           Row{"q", "GET /?key=" + kKey, fmt::format("an API key in the query, where it is not taken; its place: {} or ?api_key=KEY", kPlaces),
               "found ApiKey in query"},
           Row{"h", "GET /" + kKey, "an API key in the path, where it is not taken; its place: X-API-Key: KEY", "found ApiKey in path"},
       }) {
    World world;
    const Verdict verdict = world.decide(of(row.accepts), row.request);
    EXPECT_EQ(verdict.detail, row.detail) << row.request;
    ASSERT_EQ(verdict.checks.size(), 1U);
    EXPECT_EQ(verdict.checks[0].name, "credentials");
    EXPECT_EQ(verdict.checks[0].note, row.seen) << row.request;
  }
}

TEST(FindCredentials, SessionsAlone_SaysNothingOfKeys) {
  const RoutePolicy route = policy_accepting({Scheme::Session});
  for (const std::string& request : {"GET /\nX-API-Key: " + kKey, "GET /" + kKey}) {
    EXPECT_EQ(find_credentials(Request(request).view(), route).reason, Reason::SessionMissing) << request;
  }
}

}  // namespace
}  // namespace quivive::auth
