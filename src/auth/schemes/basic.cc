#include "auth/schemes/basic.h"

#include "base/base64.h"
#include "base/text.h"

#include <algorithm>

namespace quivive::auth {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

Result<BasicCredentials> parse_basic(std::string_view encoded) {
  std::optional<std::string> decoded = base64_decode(encoded);
  if (!decoded) return error("not base64 as RFC 4648 section 4 has it, with padding");
  const Secret plain(std::move(*decoded));  // wiped on every way out
  const std::string_view text = plain.reveal(RevealSecret{});
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return error("no colon between user name and password");
  if (std::ranges::any_of(text, is_control)) return error("a control character; often a newline that echo added");
  if (!is_valid_utf8(text)) return error("not UTF-8");
  return BasicCredentials{std::string(text.substr(0, colon)), Secret(std::string(text.substr(colon + 1)))};
}

const Secret& decoy_for(const BasicSettings& settings, std::string_view user) {
  // FNV-1a from a secret start. A name must keep its decoy, or its changing cost would tell that it is unknown.
  std::uint64_t hash = 0xcbf29ce484222325U ^ settings.decoy_seed;
  for (const char c : user) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  return settings.decoys[(hash ^ hash >> 32) % settings.decoys.size()];
}

Finding BasicCheck::start(const CheckContext&) {
  auto parsed = parse_basic(encoded_);
  if (!parsed) return refuse(Scheme::Basic, Reason::BasicMalformed, parsed.error().message);
  user_ = std::move(parsed->user);
  password_ = std::move(parsed->password);
  return Need{NeedUser{user_}};
}

Finding BasicCheck::resume(const CheckContext& context, Answer answer) {
  if (auto* outage = std::get_if<Unavailable>(&answer)) return unavailable(Scheme::Basic, std::move(*outage));
  if (auto* user = std::get_if<FoundUser>(&answer); user != nullptr && !asked_password_)
    return ask_password(context, std::move(*user));
  if (const auto* outcome = std::get_if<PasswordOutcome>(&answer); outcome != nullptr && asked_password_)
    return conclude(context, *outcome);
  return wrong_answer(Scheme::Basic);
}

Finding BasicCheck::ask_password(const CheckContext& context, FoundUser answer) {
  asked_password_ = true;
  // Byte for byte: a store that folds case must not make two names one.
  if (answer.user && answer.user->name == user_) record_ = std::move(answer.user);
  // The same work for a name that is not there (CVE-2026-41263); for a disabled user the work of their own hash.
  const Secret& hash = record_ ? record_->password_hash : decoy_for(context.policy.settings().basic, user_);
  return Need{NeedPassword{hash, std::move(password_)}};
}

Finding BasicCheck::conclude(const CheckContext& context, PasswordOutcome outcome) {
  const auto refused = [&](Reason reason, std::string_view why) {
    return refuse(Scheme::Basic, reason, fmt::format("user {}: {}", printable(user_, 64), why));
  };
  if (outcome == PasswordOutcome::Overloaded)
    return refused(Reason::VerifierOverloaded, "too many passwords are being checked");
  if (!record_) return refused(Reason::PasswordWrong, "no such user");  // even if the decoy's hash says otherwise
  if (record_->disabled) {
    return refused(Reason::PasswordWrong,
                   outcome == PasswordOutcome::Match ? "disabled; the password is right" : "disabled");
  }
  if (outcome == PasswordOutcome::Unusable)
    return refused(Reason::VerifierMisconfigured, "the stored hash cannot be used");
  if (outcome != PasswordOutcome::Match) return refused(Reason::PasswordWrong, "wrong password");
  const std::vector<std::string_view> roles(record_->roles.begin(), record_->roles.end());
  const IdentityView identity{.scheme = Scheme::Basic, .subject = record_->name, .roles = roles};
  Basis basis;
  basis.store_epoch = context.snapshot->store_epoch;
  return std::make_shared<const Principal>(Principal::Voucher{}, identity, std::move(basis));
}

}  // namespace quivive::auth
