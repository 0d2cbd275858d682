// quivive token revoke

#include "base/text.h"
#include "cli/commands.h"
#include "cli/issuer_check.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "config/units.h"

namespace quivive::cli {
namespace {

using store::Revocation;
using store::RevocationKind;

struct Wish {
  std::string issuer, jti, subject, issued_before, keep;
};

Result<Revocation> revocation_of(const Wish& wish, Instant now) {
  if (int{!wish.jti.empty()} + int{!wish.subject.empty()} + int{!wish.issued_before.empty()} != 1) {
    return error("say which tokens, in one way: --jti, --subject or --issued-before");
  }
  Revocation out;
  out.issuer = wish.issuer;
  out.cutoff = out.created = now;
  if (!wish.keep.empty()) {
    const auto keep = config::parse_duration(wish.keep);
    if (!keep) return error("--keep: {}", keep.error().message);
    if (*keep <= Duration::zero()) return error("--keep is longer than nothing; for example 30d");
    out.forget = now + *keep;
  }
  if (!wish.jti.empty()) {
    out.kind = RevocationKind::TokenId;
    out.value = wish.jti;
  } else if (!wish.subject.empty()) {
    out.kind = RevocationKind::Subject;
    out.value = wish.subject;
  } else {
    out.kind = RevocationKind::IssuedBefore;
    const auto cutoff = parse_instant(wish.issued_before);
    if (!cutoff) return error("--issued-before is an instant like 2027-02-21T10:03:31Z, or a date");
    if (*cutoff > now) return error("--issued-before is in the future: it would refuse every token that is issued until then");
    out.cutoff = *cutoff;
  }
  return out;
}

std::string_view done_text(RevocationKind kind) {
  switch (kind) {
    case RevocationKind::TokenId: return "revoked; every gateway on this store refuses this token from now on";
    case RevocationKind::Subject: return "revoked; every gateway on this store refuses the tokens that this subject got until now";
    case RevocationKind::IssuedBefore: return "revoked; every gateway on this store refuses the issuer's tokens from before, and those without iat";
  }
  return "";
}

}  // namespace

int run_token_revoke(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  Wish wish;
  options.app().add_option("--issuer", wish.issuer, "whose tokens: iss, exactly as the tokens have it")->type_name("URL")->required();
  options.app().add_option("--jti", wish.jti, "the one token with this jti")->type_name("ID");
  options.app().add_option("--subject", wish.subject, "all tokens of this sub that were issued until now")->type_name("SUB");
  options.app().add_option("--issued-before", wish.issued_before, "all tokens of the issuer from before: 2027-02-21T10:03:31Z")->type_name("TIME");
  options.app().add_option("--keep", wish.keep, "forget it afterwards: at least as long as these tokens live; without it, never")->type_name("TIME");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const Instant now = io.clock.now();
  if (wish.issuer.empty()) return fail(self, {kWrong, "--issuer is empty"}, io);
  const auto revocation = revocation_of(wish, now);
  if (!revocation) return fail(self, {kWrong, revocation.error().message}, io);
  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  if (*config) {
    if (const auto ok = check_issuer(**config, wish.issuer, issuers_of(**config)); !ok) return fail(self, ok.error(), io);
  }
  const auto store = open_store(choice, *config);
  if (!store) return fail(self, store.error(), io);
  if (const auto ok = (*store)->add_revocation(*revocation); !ok) return fail(self, {kFailed, ok.error().message}, io);
  (void)(*store)->forget_revocations(now);  // housekeeping; the revocation itself is done
  io.out << done_text(revocation->kind) << '\n';
  if (!*config) tell_unchecked(self, wish.issuer, io);
  return kDone;
}

}  // namespace quivive::cli
