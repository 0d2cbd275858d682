#include "http/query.h"

#include "http/grammar.h"

namespace quivive::http {
namespace {

// The next decoded character of a name or value; `in` is not empty.
char take_form_char(std::string_view& in) {
  char c = in.front();
  std::size_t n = 1;
  if (c == '+') {
    c = ' ';
  } else if (const auto octet = percent_octet(in, 0)) {
    c = static_cast<char>(*octet);
    n = 3;
  }
  in.remove_prefix(n);
  return c;
}

QueryPair split_pair(std::string_view pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

}  // namespace

bool QueryReader::next(QueryPair& pair) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('&'), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (text.empty()) continue;
    pair = split_pair(text);
    return true;
  }
  return false;
}

QueryMatch find_parameter(std::string_view query, std::string_view decoded_name) {
  QueryMatch match;
  QueryReader reader(query);
  for (QueryPair pair; reader.next(pair);) {
    if (!form_equals(pair.name, decoded_name)) continue;
    if (match.count++ == 0) match.value = pair.value;
  }
  return match;
}

bool form_equals(std::string_view sent, std::string_view decoded) {
  for (const char c : decoded) {
    if (sent.empty() || take_form_char(sent) != c) return false;
  }
  return sent.empty();
}

std::string form_decode(std::string_view sent) {
  std::string out;
  out.reserve(sent.size());
  while (!sent.empty()) out += take_form_char(sent);
  return out;
}

std::size_t append_query_without(std::string& out, std::string_view query, std::string_view decoded_name) {
  std::size_t removed = 0;
  bool first = true;
  for (bool more = true; more;) {
    const std::size_t end = query.find('&');
    const std::string_view text = query.substr(0, end);
    more = end != std::string_view::npos;
    if (more) query.remove_prefix(end + 1);
    if (!text.empty() && form_equals(split_pair(text).name, decoded_name)) {
      ++removed;
      continue;
    }
    if (!first) out += '&';
    first = false;
    out += text;
  }
  return removed;
}

}  // namespace quivive::http
