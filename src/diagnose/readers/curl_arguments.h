#pragma once
// The words of a curl command, as curl reads them.

#include "diagnose/capture.h"
#include "diagnose/readers/shell_words.h"

#include <span>

namespace quivive::diagnose::readers {

// Adds an exchange for every URL of the command, and what there is to remark about its words. Fills Capture::command where
// it is not filled yet. `words` begins with curl's own name. Adds one exchange without a host where there is no URL.
void add_curl_command(Capture& capture, std::span<const ShellWord> words, bool windows, std::string_view background = {});

}  // namespace quivive::diagnose::readers
