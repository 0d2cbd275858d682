#pragma once
// Messages in the order in which they were written down, paired to exchanges.

#include "diagnose/capture.h"
#include "diagnose/readers/message.h"

namespace quivive::diagnose::readers {

class Pairing {
 public:
  explicit Pairing(Format format) { capture_.format = format; }

  void add(Request request);
  // An answer to the last request without one; an interim one (RFC 9110 section 15.2) is only remarked.
  void add(Response response);
  [[nodiscard]] bool empty() const { return capture_.total == 0; }
  // The capture, with the tool's name where a request gives it; this object is used up.
  [[nodiscard]] Capture finish();

 private:
  Exchange* append();

  Capture capture_;
  bool waiting_ = false;  // the last exchange has no final answer yet
  bool dropped_ = false;
};

// The command that `text`, standing before its output, consists of; and with it the request that no other part of the
// input shows, unless a shell replaced parts of it.
void add_typed_command(Capture& capture, std::string_view text);

}  // namespace quivive::diagnose::readers
