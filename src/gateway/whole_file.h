#pragma once
// Small files, read and written whole.

#include "base/clock.h"
#include "base/result.h"

#include <optional>
#include <string>

namespace quivive::gateway {

// The content, at most `limit` bytes. The Error names the path and what is wrong.
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path, std::size_t limit);

// Replaces the file in one step (mode 0600): a reader sees the old or the new content, also after a crash.
[[nodiscard]] Result<void> write_whole_file(const std::string& path, std::string_view content);

// When the file was last written or said to be; nothing if it cannot be looked at.
[[nodiscard]] std::optional<Instant> file_time(const std::string& path);
// False if there is no such file, or it is not ours.
[[nodiscard]] bool set_file_time(const std::string& path, Instant time);

}  // namespace quivive::gateway
