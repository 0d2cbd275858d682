#include "auth/schemes/basic.h"

#include "base/base64.h"
#include "base/control_characters.h"
#include "base/text.h"

namespace quivive::auth {

Result<BasicCredentials> parse_basic(std::string_view encoded) {
  std::optional<std::string> decoded = base64_decode(encoded);
  if (!decoded) return error("not base64 as RFC 4648 section 4 has it, with padding");
  const Secret plain(std::move(*decoded));  // wiped on every way out
  const std::string_view text = plain.reveal(RevealSecret{});
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return error("no colon between user name and password");
  if (has_control(text)) return error("a control character; often a newline that echo added");
  if (!is_valid_utf8(text)) return error("not UTF-8");
  return BasicCredentials{std::string(text.substr(0, colon)), Secret(std::string(text.substr(colon + 1)))};
}

Finding BasicCheck::start(const CheckContext& context) {
  auto parsed = parse_basic(encoded_);
  if (!parsed) return refuse(Scheme::Basic, Reason::BasicMalformed, parsed.error().message);
  return check_.emplace(Scheme::Basic, std::move(parsed->user), std::move(parsed->password)).start(context);
}

Finding BasicCheck::resume(const CheckContext& context, Answer answer) {
  return check_ ? check_->resume(context, std::move(answer)) : wrong_answer(Scheme::Basic);
}

}  // namespace quivive::auth
