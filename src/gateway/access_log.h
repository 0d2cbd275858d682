#pragma once
// AccessLog: one line for each request, text for a terminal and JSON otherwise, formatted and written by a thread of its
// own. It also carries the gateway's notices, so that lines never interleave.

#include "gateway/record_ring.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace quivive::gateway {

enum class LogFormat : std::uint8_t { Text, Json };

// One line, newline included.
void append_text_line(std::string& out, const AccessRecord& record);
void append_json_line(std::string& out, const AccessRecord& record);

class AccessLog {
 public:
  // `rings` outlive the log; `fd` is written to and not closed. With `requests` false only notices are written.
  AccessLog(std::vector<RecordRing*> rings, int fd, LogFormat format, bool requests);
  ~AccessLog();  // writes what is left

  // A notice for the operator (reload refused, key set fetched). From any thread. `text` is one line without newline.
  void notice(std::string_view level, std::string_view text);

 private:
  void run();
  void drain(std::string& out);
  void write(std::string& out);

  std::vector<RecordRing*> rings_;
  const int fd_;
  const LogFormat format_;
  const bool requests_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string notices_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace quivive::gateway
