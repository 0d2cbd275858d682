#pragma once
// What a browser says about a request of its own: what kind it is, and whose page began it. Fetch Metadata (W3C, the
// Sec-Fetch-* fields), which no script can set, with what older browsers and plain http leave: Accept, Origin, Referer.
//
// Threats: a page elsewhere that makes the user's browser change something here with the user's cookie (CSRF), or sign in
// as the attacker (login CSRF: there is no cookie yet, so the question is asked of the login form too), or open a WebSocket
// here, which is a GET that no same-origin policy stops (cross-site WebSocket hijacking). None of this tells anything about
// a client that is no browser, which can say what it likes and has no user's cookie to misuse.

#include "http/request.h"

#include <cstdint>
#include <string_view>

namespace quivive::http {

// GET, HEAD, OPTIONS and TRACE (RFC 9110 section 9.2.1): the client asks for no change. Every other method is unsafe, unknown
// ones too; methods are compared with case. A request with Upgrade is not safe whatever its method.
[[nodiscard]] bool is_safe_method(std::string_view method);

// Whether the user is going to a page, so that a redirect to a login form is of use. Sec-Fetch-Mode decides where it is
// sent. Otherwise a GET or HEAD whose Accept names text/html and does not prefer JSON; `*/*` is what programs send.
// A navigation may be a POST: its body is lost by a redirect.
[[nodiscard]] bool is_navigation(const RequestView& request);

// Whether a page's script is asking, which can make nothing of a login page: Sec-Fetch-Mode other than navigate (images and
// other subresources included, for which the same holds). Where the browser does not say: X-Requested-With: XMLHttpRequest, or an
// Origin beside an Accept that does not name text/html. Then a script's GET to its own origin, which has no Origin, is not recognised.
[[nodiscard]] bool is_browser_script(const RequestView& request);

enum class Site : std::uint8_t {
  Same,    // this origin's page, or the user by hand (address bar, bookmark)
  Cross,   // some other origin's, a sibling subdomain's too; or it cannot be read
  Unsaid,  // nothing in the request says: no browser of today sends an unsafe request or a WebSocket handshake so
};

// Whose page began the request, to be asked before anything is changed: a link from elsewhere is Cross, and as it should be.
// `host` is the value of the Host field. In this order:
//  1. Sec-Fetch-Site. same-origin and none are Same, all else is Cross: a sibling subdomain may be someone else's. It is what
//     the browser worked out from the real addresses, so same-origin stands against an Origin that differs from a Host that
//     some proxy rewrote, or is `null` because of Referrer-Policy: no-referrer. `none` has no page behind it: with an Origin that
//     is not ours it is contradictory, and Cross.
//  2. Origin (RFC 6454 section 7), against `host`: Same or Cross. The port is left out where it is 80 or 443, on either side, and the
//     scheme is not compared, since Host has none and TLS may end before us; so whoever controls http://host is not told
//     from https://host. HSTS is what stops them. `null`, and what is no http(s) origin, is Cross.
//  3. Referer, which can only say Cross. A page can leave it out at will, and proxies and privacy tools change it: the weakest
//     sign must not open what its absence does not.
// A field sent twice is Cross: no browser does that, and two readers could pick different ones.
[[nodiscard]] Site request_site(const RequestView& request, std::string_view host);

}  // namespace quivive::http
