#include "diagnose/rules/server_phrases.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

constexpr std::string_view kRenew = "Get a new token (refresh it or sign in again), then send the same request.";
constexpr std::string_view kCopy =
    "Copy the token or key again, whole, without quotation marks, white space or a second scheme. Look at what is really sent: curl -v, or "
    "the browser's network panel.";
constexpr std::string_view kScope =
    "Ask for a new token that has the right, or let whoever owns the resource grant it; the same login again will not help.";

constexpr auto kPhrases = std::to_array<Phrase>({
    {Cause::CredentialsMissing, "The server found no credentials in the request",
     "Send the credentials that it asks for: curl -H 'Authorization: Bearer …' or -u user, Postman's Authorization tab, fetch with "
     "headers: {Authorization: …}."},
    {Cause::CredentialsRejected, "The server knows the form of the credentials and refuses them",
     "Check the value, which environment and account it is from, and that it was not revoked or replaced; copy it anew. With the "
     "response's request id the operator can look it up."},
    {Cause::KeyInWrongPlace, "The server looked for a key and did not find it where it looks",
     "Send the key where the API's documentation says, usually in a header of its own (X-API-Key, say) and not as Bearer or in the URL."},
    {Cause::KeyHeaderName, "The key came under another name than the one that the server reads",
     "Rename the header to the one in the API's documentation: X-API-Key, apikey and api-key are different names."},
    {Cause::MissingCredentialsAs403, "Nobody signed in, and the server answers 403 in place of 401",
     "Send credentials as with a 401. On the server, answer 401 with WWW-Authenticate when nobody is signed in."},
    {Cause::SchemeCase, "The server does not recognise the scheme as it is written",
     "Write 'Bearer' with a capital. Schemes are case-insensitive (RFC 9110 section 11.1): report it to the server's maintainers."},
    {Cause::TokenGraphNonce, "The server cannot verify a token that only Microsoft Graph can",
     "Ask for a token whose audience is your own API (scope api://<app id>/…), not Microsoft Graph's."},
    {Cause::TokenEmpty, "The server got an empty token",
     "The variable that should hold the token was empty: print its length, and look at its name."},
    {Cause::SchemeMissing, "The server cannot read the Authorization header: scheme and token do not stand as they should",
     "Send Authorization: Bearer <token>, with one space and nothing else."},
    {Cause::TokenInnerWhitespace, "The server found white space within the credential", kCopy},
    {Cause::SchemeUnsupported, "The server does not take this kind of credential here",
     "Use the scheme that the server's challenge or documentation names."},
    {Cause::CredentialsInTwoPlaces, "The server found more than one token in the request",
     "Send one: in the Authorization header, not in the query, form or a cookie as well."},
    {Cause::CredentialsDuplicateHeader, "The server found more than one credential in the Authorization header",
     "Send one Authorization header with one credential."},
    {Cause::HeaderTooLarge, "The request's header is too large for the server",
     "Send fewer or smaller cookies and a smaller token: fewer claims, groups by reference."},
    {Cause::BasicNotBase64, "The server cannot decode the Basic credentials",
     "Send base64 of user:password: curl -u user:password does it."},
    {Cause::PasswordAuthDisabled, "The server does not take a password here any more",
     "Make a personal access token or an app password in the account's settings and send it in place of the password."},
    {Cause::TokenExpired, "The server says that the token or key expired", kRenew},
    {Cause::TokenNotYetValid, "The server says that the token is not valid yet",
     "Synchronise the clocks (NTP) of the machine that makes the token and of the server; if you make it yourself, set iat and nbf 30 to "
     "60 s back."},
    {Cause::ClockSkewLocal, "The server says that the request's own time is off",
     "Synchronise the clock of the machine that sends the request (NTP), and sign each request anew."},
    {Cause::TokenExpNotANumber, "The server cannot read a time in the token",
     "Write exp, nbf and iat as numbers: seconds since 1970, without quotation marks."},
    {Cause::TokenMissingClaim, "The server misses a claim in the token",
     "Make the token with that claim, or ask the provider for one that has it."},
    {Cause::TokenMalformed, "The server cannot read the token as a JWT", kCopy},
    {Cause::TokenEncrypted, "The server cannot decrypt the token",
     "Ask for a token for this API, so that a signed one is issued, or give the server the key to decrypt it with."},
    {Cause::TokenIsIdToken, "The server says that this is not an access token",
     "Send the member access_token of the token response, not id_token."},
    {Cause::TokenIsRefreshToken, "The server says that this is a token of another kind, such as a refresh token",
     "Send the member access_token of the token response; the refresh token is for the token endpoint only."},
    {Cause::TokenWrongAudience, "The server says that the token is for another audience",
     "Ask for a token of this API: with its audience (audience=… or resource=…) or one of its scopes."},
    {Cause::TokenWrongIssuer, "The server does not accept the token's issuer",
     "Get the token from the issuer that the server trusts, or set the server to the token's issuer, character by character as in its "
     "discovery document."},
    {Cause::TokenIssuerNearMiss, "The server does not accept the token's issuer, which is almost the one it expects",
     "Copy the issuer verbatim from the provider's /.well-known/openid-configuration into the server's settings."},
    {Cause::TokenEntraVersion, "The server expects tokens of the other version of Microsoft Entra",
     "Set requestedAccessTokenVersion in the API's app registration to the version that the server expects, or let the server accept both "
     "issuers."},
    {Cause::TokenWrongEnvironment, "The provider does not know this tenant or client: it may be of another environment",
     "Check tenant, client and environment against each other."},
    {Cause::TokenAlgNone, "The server says that the token is not signed",
     "Sign the token, or copy it whole: the part after the second dot is missing."},
    {Cause::TokenAlgorithmNotAllowed, "The server does not accept the algorithm that the token is signed with",
     "Let the issuer sign with the algorithm that the server is set up for (usually RS256 or ES256). Do not widen the server's list to "
     "HS256 where it verifies with public keys."},
    {Cause::TokenUnknownKey, "The server has no key that fits the token",
     "Check that the token is from the issuer whose keys the server fetches, that it can reach them, and that it fetches them anew after a "
     "change of keys."},
    {Cause::TokenKidMissing, "The server cannot tell which key signed the token",
     "Let whoever signs the token put the key's kid into its header."},
    {Cause::TokenBadSignature, "The server says that the token's signature is wrong",
     "Copy the token again, unchanged. If it is as it was issued, the server has another key or secret than the issuer: compare them, also "
     "whether the secret is text or base64."},
    {Cause::TokenRevoked, "The server says that the token or its session was revoked",
     "Sign in again for a new token, and forget the old one."},
    {Cause::ForbiddenAs401, "The server says that a permission is missing, and answers 401 where 403 belongs", kScope},
    {Cause::ScopeInsufficient, "The server knows who it is and says that a right is missing", kScope},
    {Cause::ScopeInsufficientAs401, "The server says that a right is missing, and answers 401 where 403 belongs", kScope},
    {Cause::PublishableKeyAsSecret, "The server says that this is a publishable key",
     "Send the secret key (sk_…), from the server's side only."},
    {Cause::KeyModeMismatch, "The server says that the key is of the other mode, test or live",
     "Use the key of the mode that the object was made in."},
    {Cause::SamlSsoUnauthorised, "The organisation demands that the token be authorised for its single sign-on",
     "Authorise the token for the organisation: GitHub, Settings, Developer settings, Personal access tokens, Configure SSO."},
    {Cause::LockoutAfterFailures, "The server locked the account after too many failures",
     "Stop retrying and wait, or unlock the account; then find what keeps sending the wrong secret."},
    {Cause::IpAllowlist, "The server does not let this address in",
     "Send the request from an address on the list, or have this one added (it is the address that goes out, behind VPN or NAT)."},
    {Cause::RegistryTokenScope, "The registry's token does not cover this repository",
     "Log in to this very registry (docker login <host>), check the repository's name and your right to it."},
    {Cause::K8sUnauthorized, "Kubernetes did not authenticate the request, and does not say why",
     "Look at the token's exp and aud, at kubectl config view --minify (which user and cluster), at the clock, and on EKS at the aws-auth "
     "mapping and stray AWS_ variables."},
    {Cause::WrongClientAuthMethod, "The token endpoint wants the client to authenticate in another way",
     "Send the client's secret or assertion in the way that the registration asks for, or make the client a public one."},
    {Cause::SecretExpired, "The client secret expired, or is not the one of this client",
     "Make a new client secret and use its value, not its id."},
    {Cause::RefreshReuse, "The refresh token is not good any more: used, rotated or expired",
     "Refresh in one place only, one call at a time, and store the new refresh token of every response; then sign in again."},
    {Cause::AssertionClock, "The token endpoint refuses the times in the assertion",
     "Synchronise the clock (NTP), set iat 30 to 60 s back and exp a few minutes ahead."},
    {Cause::Sigv4Skew, "The server says that the signature is too old or too new",
     "Synchronise the clock of the machine that signs (NTP), and sign every request anew; make a new signed URL."},
    {Cause::Sigv4Scope, "The server says that the signature is for another region or service",
     "Sign for the region and service of the host: AWS_REGION, --region, or the client's setting."},
    {Cause::Sigv4HeaderMutated,
     "The server computed another signature: a signed header, the path or the body changed on the way, or the secret is wrong",
     "Check the secret key first. Then sign last, keep Host through proxies, and sign no more headers than host and x-amz-*."},
    {Cause::TwoAuthMechanisms, "The server found two ways of signing in the request",
     "Drop the Authorization header where the URL is signed."},
    {Cause::Oauth1Signature, "The server refuses the OAuth 1.0 signature",
     "Check clock, consumer and token secrets, and that the signed URL has the scheme and host that the server sees (https behind a "
     "proxy)."},
    {Cause::WrongPathThroughGateway, "The gateway knows no such route, or wants the request signed",
     "Check stage, path and method first: API Gateway answers so where there is no route. If the route is for IAM, sign the request (curl "
     "--aws-sigv4)."},
    {Cause::CsrfAs401, "The server's CSRF check refused the request, not its authentication",
     "Send the CSRF token with it: fetch the page or cookie that has it first, and put it into the header that the server reads."},
    {Cause::CookieExpired, "The server says that the session expired", "Sign in again, so that the site sets a new cookie."},
});

// What to do is another thing with some emitters; the first row whose name begins the emitter's.
struct OwnFix {
  Cause cause;
  std::string_view emitter, fix;
};
constexpr auto kOwnFixes = std::to_array<OwnFix>({
    {Cause::CsrfAs401, "Jenkins",
     "Fetch a crumb from /crumbIssuer/api/json and send it in the header that it names (Jenkins-Crumb), with the same session cookie; or "
     "use an API token in place of the password (user, Security, API Token), which needs no crumb."},
    {Cause::CsrfAs401, "Django",
     "Send the CSRF token with it: fetch the page that sets the cookie csrftoken, and put its value into X-CSRFToken."},
    {Cause::CsrfAs401, "Rails",
     "Send the CSRF token with it: the page has it in <meta name=\"csrf-token\">, and Rails reads X-CSRF-Token. An API that takes tokens "
     "needs no such check."},
    {Cause::CsrfAs401, "Laravel",
     "Send the CSRF token with it: fetch /sanctum/csrf-cookie or the page first, and put the cookie XSRF-TOKEN, decoded, into "
     "X-XSRF-TOKEN."},
    {Cause::CsrfAs401, "Flask-JWT-Extended",
     "Send the CSRF token with it: put the value of the cookie csrf_access_token into X-CSRF-TOKEN."},
    {Cause::CsrfAs401, "WordPress",
     "Send a nonce of this session in X-WP-Nonce (wpApiSettings.nonce has it), or use an application password."},
    {Cause::MissingCredentialsAs403, "Django",
     "Send credentials as with a 401. On the server, put the authentication class with a challenge first (TokenAuthentication before "
     "SessionAuthentication)."},
    {Cause::MissingCredentialsAs403, "Kubernetes",
     "Send the token or client certificate of a user of the cluster: kubectl create token NAME makes one for a service account."},
    {Cause::MissingCredentialsAs403, "Amazon S3",
     "Sign the request (aws s3 cp, curl --aws-sigv4, or a presigned URL), or let the bucket's policy make the object public. S3 also "
     "answers so for an object that does not exist, to who may not list the bucket."},
    {Cause::ScopeInsufficient, "Amazon S3",
     "Let the policies of bucket and user allow the action (s3:GetObject and so on). S3 also answers so for an object that does not exist, "
     "to who may not list the bucket."},
    {Cause::ScopeInsufficient, "Kubernetes",
     "Let whoever runs the cluster bind a role with this verb and resource to the user named (kubectl auth can-i --as shows what it "
     "may); a new token of the same account has the same rights."},
});

}  // namespace

Phrase phrase_of(Cause cause, std::string_view emitter) {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& p) { return p.cause == cause; });
  Phrase out = found == kPhrases.end()
                   ? Phrase{cause, "The server names the fault", "Ask whoever runs the server, with the response's request id."}
                   : *found;
  const auto own = std::find_if(kOwnFixes.begin(), kOwnFixes.end(),
                                [&](const OwnFix& one) { return one.cause == cause && emitter.starts_with(one.emitter); });
  if (own != kOwnFixes.end()) out.fix = own->fix;
  return out;
}

std::string_view fix_of(Reason reason, Cause cause) {
  switch (reason) {
    case Reason::PasswordWrong: return "Check both, the user's name and the password. The user may be disabled as well; only the operator sees which it is.";
    case Reason::KeyMalformed: return "Copy the whole key again: qv_, the id, _ and the rest, in the same case, without quotes or spaces.";
    case Reason::KeyUnknown: return "Check that the key belongs to this environment: another deployment made it, or its record was removed.";
    case Reason::KeyRevoked: return "Ask the operator for the new key: this one was revoked, or replaced by a rotation.";
    case Reason::KeyExpired: return "Ask the operator for a new key.";
    default: return phrase_of(cause).fix;
  }
}

std::optional<Cause> cause_of(Reason reason) {
  switch (reason) {
    case Reason::TokenIssuedInFuture: return Cause::TokenNotYetValid;
    case Reason::TokenBadClaim: return Cause::TokenExpNotANumber;
    case Reason::TokenCriticalHeader: return Cause::TokenMalformed;
    case Reason::BasicMalformed: return Cause::BasicNotBase64;
    case Reason::RequestHeaderTooLarge: return Cause::HeaderTooLarge;
    case Reason::PathUnknown:
    case Reason::PolicyDenied: return Cause::WrongPathThroughGateway;
    case Reason::PasswordWrong:
    case Reason::KeyMalformed:
    case Reason::KeyUnknown:
    case Reason::KeyRevoked:
    case Reason::KeyExpired: return Cause::CredentialsRejected;
    default: return cause_from_code(code_of(reason));  // the codes are the same; outages have none here
  }
}

}  // namespace quivive::diagnose::rules
