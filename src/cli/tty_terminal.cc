#include "cli/tty_terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxTyped = 1024;

// The terminal without echo, byte by byte and without signals from keys, so that Ctrl-C is a byte here and the old
// settings are back before anybody sees it.
class QuietTerminal {
 public:
  QuietTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    ready_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (ready_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] bool ready() const { return ready_; }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::write(fd_, text.data(), text.size());
      if (n <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  [[nodiscard]] bool read(char& c) const {
    ssize_t n = 0;
    do n = ::read(fd_, &c, 1);
    while (n < 0 && errno == EINTR);
    return n == 1;
  }

 private:
  int fd_;
  termios before_{};
  bool ready_ = false;
};

// Takes the last character, all of its UTF-8 bytes.
void erase_last(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

bool TtyTerminal::present() const { return ::isatty(STDIN_FILENO) == 1; }

Result<Secret> TtyTerminal::ask_secret(std::string_view prompt) {
  const QuietTerminal terminal;
  if (!terminal.ready()) return error("there is no terminal to ask on");
  terminal.write(prompt);
  std::string typed;
  typed.reserve(kMaxTyped + 1);  // no reallocation, which would leave copies behind
  bool given_up = true;
  for (char c = 0; terminal.read(c);) {
    if (c == '\n' || c == '\r') {
      given_up = false;
      break;
    }
    if (c == '\x03' || c == '\x04') break;  // Ctrl-C, Ctrl-D
    if (c == '\x7f' || c == '\b') erase_last(typed);
    else if (c == '\x15') typed.clear();    // Ctrl-U
    else if (typed.size() <= kMaxTyped) typed += c;
  }
  terminal.write("\n");
  Secret secret{std::move(typed)};
  if (given_up) return error("given up");
  return secret;
}

}  // namespace quivive::cli
