#pragma once
// A token service on a store in memory, with a user and clients, and its endpoints as a client and a browser call them.

#include "auth/session_token.h"
#include "base/base64.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "http/form.h"
#include "http/query.h"
#include "issuer/authorize.h"
#include "issuer/service.h"
#include "issuer/token_endpoint.h"
#include "issuer/token_state.h"
#include "store/memory_store.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace quivive::issuer {

using Pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class TokenWorld : public testing::Test {
 protected:
  static constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636 appendix B
  static constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  static constexpr std::string_view kBack = "https://app.example.com/back";
  static constexpr std::string_view kClientSecret = "s0_secret-of-forty-three-characters-exactly";

  void SetUp() override {
    ASSERT_TRUE(service_.tend(now_));
    ASSERT_EQ(*store_->add_user({.name = "anna", .password_hash = hash_, .created = now_, .changed = now_}), store::Change::Done);
    for (const std::string id : {"app", "other"}) {
      ASSERT_EQ(*store_->add_client({.id = id, .secret_digest = std::string(crypto::sha256(kClientSecret).view()), .grants = {"authorization_code", "refresh_token"},
                                     .redirect_uris = {std::string(kBack)}, .scopes = {"orders:read"}, .created = now_}),
                store::Change::Done);
    }
  }
  void pass(Duration time) { now_ += time; }

  static std::string form(Pairs pairs, std::string_view client = {}) {
    std::string out;
    for (const auto& [name, value] : pairs) http::append_form_pair(out, name, value);
    if (!client.empty()) {
      http::append_form_pair(out, "client_id", client);
      http::append_form_pair(out, "client_secret", kClientSecret);
    }
    return out;
  }
  Answer post(Answer (*endpoint)(const Service&, const Request&), const std::string& body) {
    const http::Field field{"Content-Type", "application/x-www-form-urlencoded", http::FieldId::ContentType};
    Request request{};
    request.head.fields = {&field, 1};
    request.body = body;
    request.now = now_;
    return endpoint(service_, request);
  }
  // A member of a JSON answer, or the error's code where it is not there.
  static std::string text_of(const Answer& answer, std::string_view name) {
    const auto body = parse_json(answer.body);
    if (!body) return answer.body;
    const JsonObject& object = body->as_object();
    return std::string(string_member(object, string_member(object, name) ? name : "error").value_or(""));
  }

  [[nodiscard]] SignedIn anna(Instant since) const { return {"anna", auth::password_tag(hash_), since}; }
  // Where the browser is sent: "login?…" with the marker, or back to the client.
  std::string authorize_at(const std::string& query, const std::optional<SignedIn>& user) {
    Request request{};
    request.query = query;
    request.now = now_;
    const Authorization out = authorize(service_, request, user);
    if (const auto* login = std::get_if<SendToLogin>(&out)) return "login?" + login->marker;
    if (const auto* back = std::get_if<SendBack>(&out)) return back->to;
    return "shown: " + std::get<ShowRefusal>(out).refusal.description;
  }
  static std::string authorization_request(Pairs more = {}) {
    std::string out = form({{"response_type", "code"}, {"client_id", "app"}, {"redirect_uri", kBack}, {"code_challenge", kChallenge}, {"code_challenge_method", "S256"}});
    for (const auto& [name, value] : more) http::append_form_pair(out, name, value);
    return out;
  }
  // The parameter of a URL's query; "" where it has none.
  static std::string parameter(std::string_view url, std::string_view name) {
    const auto query = url.find('?');
    return query == std::string_view::npos ? std::string() : http::form_decode(http::find_parameter(url.substr(query + 1), name).value);
  }

  std::string code() { return parameter(authorize_at(authorization_request(), anna(now_)), "code"); }
  Answer redeem(std::string_view code, std::string_view client = "app") {
    return post(answer_token, form({{"grant_type", "authorization_code"}, {"code", code}, {"code_verifier", kVerifier}}, client));
  }
  Answer refresh(std::string_view token, std::string_view client = "app") {
    return post(answer_token, form({{"grant_type", "refresh_token"}, {"refresh_token", token}}, client));
  }
  // The refresh token that came, or the error's code.
  static std::string refresh_token(const Answer& answer) { return text_of(answer, "refresh_token"); }
  bool is_active(std::string_view token, std::string_view client = "app") {
    const auto body = parse_json(post(answer_introspection, form({{"token", token}}, client)).body);
    return body && body->as_object().contains("active") && body->at("active").as_bool();
  }

  Instant now_ = from_unix_seconds(1'800'000'000);
  Secret hash_{"$hash$1"};
  FixedRandom random_;
  std::shared_ptr<store::MemoryStore> store_ = std::make_shared<store::MemoryStore>();
  Settings settings_{.url = "https://id.example.com", .audiences = {"https://id.example.com"}, .users_sign_in = true};
  Service service_{settings_, store_, store_, random_};
};

}  // namespace quivive::issuer
