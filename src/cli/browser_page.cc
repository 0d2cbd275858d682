#include "cli/browser_page.h"

#include "base/base64.h"
#include "gateway/login_page.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace quivive::cli {
namespace {

constexpr std::size_t kNameBytes = 12;
constexpr std::array kEndingSignals = {SIGINT, SIGTERM, SIGHUP};

// For the signal handler, which may touch nothing that allocates.
std::array<char, PATH_MAX> left_page, left_folder;

void remove_and_end(int signal) {
  ::unlink(left_page.data());
  ::rmdir(left_folder.data());
  ::raise(signal);  // SA_RESETHAND: it ends the process once this returns
}

void set_endings(void (*from)(int), void (*to)(int)) {
  for (const int signal : kEndingSignals) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != from) continue;
    struct sigaction then {};
    then.sa_handler = to;
    then.sa_flags = static_cast<int>(SA_RESETHAND);
    (void)::sigaction(signal, &then, nullptr);
  }
}

bool keep_for_handler(const std::string& page, const std::string& folder) {
  if (page.size() >= left_page.size()) return false;
  std::memcpy(left_page.data(), page.c_str(), page.size() + 1);
  std::memcpy(left_folder.data(), folder.c_str(), folder.size() + 1);
  return true;
}

}  // namespace

BrowserPage::~BrowserPage() {
  if (folder_.empty()) return;
  ::unlink(path().c_str());
  ::rmdir(folder_.c_str());
  set_endings(remove_and_end, SIG_DFL);
}

bool BrowserPage::write(std::string_view to, RandomSource& random) {
  std::error_code fault;
  const std::string name = "quivive-login-" + base64url_encode(random.bytes(kNameBytes));
  folder_ = (std::filesystem::temp_directory_path(fault) / name).native();
  // The handlers are there before the folder, under a name that nobody else takes: with mkdtemp() there would be a gap, and blocking the signals
  // closes it in this thread only, while GLib may have some of its own.
  const bool handled = !fault && keep_for_handler(path(), folder_);
  if (handled) set_endings(SIG_DFL, remove_and_end);
  if (fault || ::mkdir(folder_.c_str(), 0700) != 0) {  // what is there already, a link too, is left alone
    if (handled) set_endings(remove_and_end, SIG_DFL);
    folder_.clear();
    return false;
  }
  const int fd = ::open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  std::string shown;
  gateway::append_html_escaped(shown, to);
  const std::string text = fmt::format(
      "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
      "<meta http-equiv=\"refresh\" content=\"0;url={}\"><title>Sign in</title><p><a href=\"{}\">Go on to sign in</a></p>\n",
      shown, shown);
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  return ::close(fd) == 0 && whole;
}

std::string BrowserPage::url() const {
  std::string out = "file://";
  for (const char c : path()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string BrowserPage::path() const { return folder_ + "/login.html"; }

}  // namespace quivive::cli
