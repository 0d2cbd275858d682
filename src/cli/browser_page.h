#pragma once
// BrowserPage: how a URL gets into a browser without being an argument of a program.

#include "base/random.h"

#include <string>
#include <string_view>

namespace quivive::cli {

// A page that leads to a URL, in a folder of its own for its owner only, as long as this object lives; also SIGINT, SIGTERM and SIGHUP
// remove it before they end the process, unless somebody else handles them. One at a time.
// Threat: every user of this machine can read the arguments of a program. Who knows the URL, with its state and PKCE challenge, can sign in there
// as themselves and bring their code to our port: it would be taken for ours.
class BrowserPage {
 public:
  BrowserPage() = default;
  BrowserPage(const BrowserPage&) = delete;
  BrowserPage& operator=(const BrowserPage&) = delete;
  ~BrowserPage();

  // False where it cannot be written.
  [[nodiscard]] bool write(std::string_view to, RandomSource& random);
  // file://…, once it is written.
  [[nodiscard]] std::string url() const;

 private:
  [[nodiscard]] std::string path() const;
  std::string folder_;
};

}  // namespace quivive::cli
