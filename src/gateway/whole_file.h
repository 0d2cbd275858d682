#pragma once
// Small files, read and written whole.

#include "base/result.h"

#include <string>

namespace quivive::gateway {

// The content, at most `limit` bytes. The Error names the path and what is wrong.
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path, std::size_t limit);

// Replaces the file in one step (mode 0600): a reader sees the old or the new content, also after a crash.
[[nodiscard]] Result<void> write_whole_file(const std::string& path, std::string_view content);

}  // namespace quivive::gateway
