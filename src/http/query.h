#pragma once
// The query as name=value pairs between '&' (application/x-www-form-urlencoded, as in the WHATWG URL standard section
// 5.1). ';' does not separate. Names are compared decoded, so `api%5Fkey` is `api_key`.

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::http {

struct QueryPair {
  std::string_view name;   // as sent
  std::string_view value;  // as sent; "" where there is no '='
};

// Walks the pairs of a query (without '?'); empty pairs are skipped. Borrows from the query.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}
  [[nodiscard]] bool next(QueryPair& pair);

 private:
  std::string_view rest_;
};

struct QueryMatch {
  std::size_t count = 0;   // how often the name occurs: more than one is for the caller to refuse
  std::string_view value;  // of the first, as sent
};
[[nodiscard]] QueryMatch find_parameter(std::string_view query, std::string_view decoded_name);

// Whether a name as sent stands for `decoded`: '+' is a space, %XX an octet; an invalid escape stands for itself.
[[nodiscard]] bool form_equals(std::string_view sent, std::string_view decoded);
// Decoded by the same rules.
[[nodiscard]] std::string form_decode(std::string_view sent);

// Appends `query` without any pair of that name, the others byte for byte. Returns how many were left out.
std::size_t append_query_without(std::string& out, std::string_view query, std::string_view decoded_name);

}  // namespace quivive::http
