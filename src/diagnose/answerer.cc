#include "diagnose/answerer.h"

namespace quivive::diagnose {

std::string_view name_of(Answerer::Kind kind) {
  switch (kind) {
    case Answerer::Kind::Application: return "application";
    case Answerer::Kind::Gateway: return "gateway";
    case Answerer::Kind::Proxy: return "proxy";
    case Answerer::Kind::Cdn: return "cdn";
    case Answerer::Kind::Idp: return "idp";
    case Answerer::Kind::Unknown: return "unknown";
  }
  return "unknown";
}

Answerer identify_answerer(const Facts&) { return {}; }

}  // namespace quivive::diagnose
