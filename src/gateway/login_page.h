#pragma once
// The pages of a session login, as HTML: the form to sign in, the one to sign out, and the one that says it is done. They work
// without script and load nothing. Their texts and look are in web/; here they are filled, and everything is escaped.

#include "base/clock.h"

#include <string>
#include <string_view>

namespace quivive::gateway {

// What all pages say about where one is. Any text in UTF-8; what is empty is left out.
struct PageSite {
  std::string_view name;   // "Example Intranet"; where it is empty, the realm stands in its place
  std::string_view realm;  // "api.example.com"
  std::string_view logo;   // a data: URI, see gateway/logo.h
};

struct LoginPage {
  PageSite site;
  std::string_view action = "/.quivive/login";
  std::string_view return_to = "/";  // checked by auth::checked_return_to
  std::string_view username;         // to be filled in already; then the password has the focus
  std::string_view message;          // "The user name or the password is wrong."; "" on the first visit
};
// Posts `username`, `password` and `return_to` as application/x-www-form-urlencoded.
[[nodiscard]] std::string render(const LoginPage& page);

struct LogoutPage {
  PageSite site;
  std::string_view action = "/.quivive/logout";
  std::string_view username;  // who is signed in
};
// Posts an empty body.
[[nodiscard]] std::string render(const LogoutPage& page);

struct SignedOutPage {
  PageSite site;
  std::string_view login = "/.quivive/login";
};
[[nodiscard]] std::string render(const SignedOutPage& page);

// A short text under a heading.
struct MessagePage {
  PageSite site;
  std::string_view heading;
  std::string_view message;
};
[[nodiscard]] std::string render(const MessagePage& page);

// Asks for the code that a device shows or, where `client` says who waits under it, whether it may (RFC 8628 section 3.3).
struct DevicePage {
  PageSite site;
  std::string_view username;
  std::string_view user_code;  // "WDJB-MJHT"; where it is asked for: what stands in the field already
  std::string_view client;     // "" to ask for the code
  std::string_view scopes;     // with spaces between; "" for none
  std::string_view message;
  std::string_view action = "/.quivive/oauth/device";
};
// Posts `user_code`, and `decision`: approve or deny.
[[nodiscard]] std::string render(const DevicePage& page);

// "in 1 minute", "in 3 minutes": rounded up.
[[nodiscard]] std::string in_minutes(Duration wait);

// Fields for every response with such a page. Threats: a script or a style that somehow got in, a page
// around ours that catches clicks.
// Content-Security-Policy: nothing but the pages' own style sheet, by its hash, and images in data: URIs. No form-action: Chromium holds
// it against the whole chain of redirects after the post, and the page that was wanted may itself lead to another origin.
[[nodiscard]] std::string_view page_content_security_policy();
// Referrer-Policy. Not no-referrer: browsers then send `Origin: null` with the form, which is no proof of where it came from
// (http/fetch_metadata.h), and over plain http there is no other.
inline constexpr std::string_view kPageReferrerPolicy = "same-origin";

// Appends text for an element's content or a quoted attribute: & < > " ' become references, and NUL becomes U+FFFD.
void append_html_escaped(std::string& out, std::string_view text);

}  // namespace quivive::gateway
