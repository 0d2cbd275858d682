#pragma once
// The machine output of `quivive why`, schema "quivive/why/1". A public interface: members are added, never changed.

#include "diagnose/capture.h"
#include "diagnose/diagnosis.h"

#include <string>

namespace quivive::diagnose {

// One line of JSON and a line feed. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string render_json(const Capture& capture, const Diagnosis& diagnosis);

}  // namespace quivive::diagnose
