#include "gateway/login_page.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "gateway/web_pages.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_html_escaped(out, text);
  return out;
}

std::string_view name_of(const PageSite& site) { return site.name.empty() ? site.realm : site.name; }

// Decoration to a screen reader: the site's name is said beside it.
std::string logo(const PageSite& site) {
  return site.logo.empty() ? std::string() : fmt::format("<img src=\"{}\" alt=\"\">\n", escaped(site.logo));
}

std::string site_line(const PageSite& site) {
  return name_of(site).empty() ? std::string() : fmt::format("<p class=\"quiet\">{}</p>\n", escaped(name_of(site)));
}

// What the user is asked to trust is named even where it has a nicer name.
std::string footer(const PageSite& site) {
  if (site.name.empty() || site.realm.empty() || site.name == site.realm) return {};
  return fmt::format("<footer>{}</footer>\n", escaped(site.realm));
}

std::string frame(const PageSite& site, std::string_view heading, std::string_view content) {
  std::string title(heading);
  if (!name_of(site).empty()) title += " – " + escaped(name_of(site));
  return fmt::format(fmt::runtime(kFrameHtml), fmt::arg("title", title), fmt::arg("style", kPageCss), fmt::arg("content", content),
                     fmt::arg("footer", footer(site)));
}

}  // namespace

std::string in_minutes(Duration wait) {
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(wait).count();
  return fmt::format("in {} minute{}", minutes, minutes == 1 ? "" : "s");
}

std::string render(const LoginPage& page) {
  const bool failed = !page.message.empty();
  const std::string message = failed ? fmt::format("<p class=\"message\" id=\"message\" role=\"alert\">{}</p>\n", escaped(page.message)) : std::string();
  constexpr std::string_view kFocus = " autofocus";
  const std::string content = fmt::format(
      fmt::runtime(kLoginHtml), fmt::arg("logo", logo(page.site)), fmt::arg("site", site_line(page.site)), fmt::arg("message", message),
      fmt::arg("action", escaped(page.action)), fmt::arg("return_to", escaped(page.return_to)), fmt::arg("username", escaped(page.username)),
      fmt::arg("invalid", failed ? " aria-invalid=\"true\" aria-describedby=\"message\"" : ""),
      fmt::arg("focus_username", page.username.empty() ? kFocus : std::string_view{}),
      fmt::arg("focus_password", page.username.empty() ? std::string_view{} : kFocus));
  // A screen reader says the title first.
  return frame(page.site, failed ? "Not signed in" : "Sign in", content);
}

std::string render(const LogoutPage& page) {
  const std::string who = page.username.empty() ? "This ends your session in this browser." : fmt::format("You are signed in as <strong>{}</strong>.", escaped(page.username));
  return frame(page.site, "Sign out",
               fmt::format(fmt::runtime(kLogoutHtml), fmt::arg("logo", logo(page.site)), fmt::arg("site", site_line(page.site)),
                           fmt::arg("action", escaped(page.action)), fmt::arg("who", who)));
}

std::string render(const SignedOutPage& page) {
  return frame(page.site, "You are signed out",
               fmt::format(fmt::runtime(kSignedOutHtml), fmt::arg("logo", logo(page.site)), fmt::arg("site", site_line(page.site)),
                           fmt::arg("login", escaped(page.login))));
}

std::string render(const MessagePage& page) {
  return frame(page.site, page.heading,
               fmt::format(fmt::runtime(kMessageHtml), fmt::arg("logo", logo(page.site)), fmt::arg("site", site_line(page.site)),
                           fmt::arg("heading", escaped(page.heading)), fmt::arg("message", escaped(page.message))));
}

std::string render(const DevicePage& page) {
  std::string content;
  if (page.client.empty()) {
    content = fmt::format("<label for=\"user_code\">Code on your device</label>\n"
                          "<input id=\"user_code\" name=\"user_code\" value=\"{}\" autocomplete=\"off\" autocapitalize=\"characters\" autocorrect=\"off\" spellcheck=\"false\" required autofocus>\n"
                          "<button type=\"submit\">Continue</button>\n", escaped(page.user_code));
  } else {
    // Threat: remote phishing (section 5.4): a code that a stranger sent. So it is said who asks, and to compare the code.
    content = fmt::format("<p><strong>{0}</strong> asks to act for you{1}. Is this the code on your own device?</p>\n<p><strong>{2}</strong></p>\n"
                          "<input type=\"hidden\" name=\"user_code\" value=\"{2}\">\n"
                          "<button type=\"submit\" name=\"decision\" value=\"approve\">Yes, sign it in</button>\n"
                          "<button type=\"submit\" name=\"decision\" value=\"deny\">No</button>\n",
                          escaped(page.client), page.scopes.empty() ? std::string() : fmt::format(" ({})", escaped(page.scopes)), escaped(page.user_code));
  }
  const std::string message = page.message.empty() ? std::string() : fmt::format("<p class=\"message\" role=\"alert\">{}</p>\n", escaped(page.message));
  return frame(page.site, "Sign in a device",
               fmt::format(fmt::runtime(kDeviceHtml), fmt::arg("logo", logo(page.site)), fmt::arg("site", site_line(page.site)), fmt::arg("message", message),
                           fmt::arg("action", escaped(page.action)), fmt::arg("content", content), fmt::arg("username", escaped(page.username))));
}

std::string_view page_content_security_policy() {
  static const std::string policy =
      fmt::format("default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
                  base64_encode(crypto::sha256(kPageCss).view()));
  return policy;
}

void append_html_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\0': out += "\xef\xbf\xbd"; break;
      default: out += c;
    }
  }
}

}  // namespace quivive::gateway
