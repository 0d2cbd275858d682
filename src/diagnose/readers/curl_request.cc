#include "diagnose/readers/curl_request.h"

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/readers/message.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace quivive::diagnose::readers {
namespace {

// A custom header by curl's own rules: `Name: value`, `Name:` (removes curl's own), `Name;` (sent without a value); anything
// else is silently not sent.
struct CustomHeader {
  std::string_view name;  // "" where it is not sent and removes nothing
  std::string_view value;
  bool sent = false;
};
CustomHeader read_custom_header(std::string_view text) {
  if (const std::size_t colon = text.find(':'); colon != kNone) {
    std::string_view value = text.substr(colon + 1);
    const bool sent = value.find_first_not_of(" \t\r\n") != kNone;
    if (value.starts_with(' ')) value.remove_prefix(1);
    return {text.substr(0, colon), value, sent};
  }
  if (const std::size_t sign = text.find(';'); sign != kNone && text.find_first_not_of(" \t\r\n", sign + 1) == kNone)
    return {text.substr(0, sign), {}, true};
  return {};
}

std::string escaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (http::is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else if (c == ' ') {
      out += '+';  // curl since 7.75, for data as for queries
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && http::is_hex_digit(text[i + 1]) && http::is_hex_digit(text[i + 2])) {
      out += static_cast<char>(http::hex_value(text[i + 1]) * 16 + http::hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The value of --data-urlencode: `content`, `=content`, `name=content`; `@file` and `name@file` give nothing.
std::optional<std::string> url_encoded(std::string_view value) {
  const std::size_t sign = value.find_first_of("=@");
  if (sign == kNone) return escaped(value);
  if (value[sign] == '@') return std::nullopt;
  std::string out(value.substr(0, sign));
  if (sign > 0) out += '=';
  return out + escaped(value.substr(sign + 1));
}

void join(std::string& all, std::string_view more, char between) {
  if (!all.empty()) all += between;
  all += more;
}

constexpr std::string_view kBoundary = "------------------------quivive0quivive0";

std::string form_body(const CurlOperation& operation) {
  std::string out;
  for (const CurlOperation::FormPart& part : operation.form) {
    const std::string_view content = part.content;
    const std::size_t sign = content.find('=');
    const std::string_view name = content.substr(0, sign);
    std::string_view value = sign == kNone ? std::string_view() : content.substr(sign + 1);
    out += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", kBoundary, name);
    if (!part.literal && (value.starts_with('@') || value.starts_with('<'))) {
      const std::string_view file = value.substr(1, value.find(';') - 1);
      if (value.front() == '@') out += fmt::format("; filename=\"{}\"", file.substr(file.find_last_of('/') + 1));
      value = {};
    } else if (!part.literal) {
      if (const std::size_t type = value.find(";type="); type != kNone) {
        out += fmt::format("\r\nContent-Type: {}", value.substr(type + 6));
        value = value.substr(0, type);
      }
    }
    out += fmt::format("\r\n\r\n{}\r\n", value);
  }
  return out + fmt::format("--{}--\r\n", kBoundary);
}

// curl sends credentials unasked only where a single scheme may be used and that scheme needs no challenge.
std::optional<std::string> authorization(const CurlOperation& operation, const Url& url) {
  const int schemes = operation.basic + operation.digest + operation.ntlm + operation.negotiate + operation.any_auth + operation.aws +
                      operation.bearer.has_value();
  if (schemes > 1) return std::nullopt;
  if (operation.bearer) return "Bearer " + *operation.bearer;
  if (schemes == 1 && !operation.basic) return std::nullopt;
  std::string pair;
  if (operation.user) {
    pair = *operation.user;
    if (pair.find(':') == std::string::npos) return std::nullopt;  // curl asks for the password
  } else if (!url.userinfo.empty()) {
    const std::size_t colon = url.userinfo.find(':');
    pair = unescaped(url.userinfo.substr(0, colon)) + ':' + (colon == kNone ? "" : unescaped(url.userinfo.substr(colon + 1)));
  } else {
    return std::nullopt;
  }
  return "Basic " + base64_encode(pair);
}

class RequestBuilder {
 public:
  RequestBuilder(const CurlOperation& operation, std::string_view url) : operation_(operation) {
    request_.url = parse_url(url, true);
    if (request_.url.scheme.empty()) request_.url.scheme = "http";
    for (const std::string& header : operation.headers) custom_.push_back(read_custom_header(header));
  }

  Request build(std::optional<std::string_view> upload) {
    const bool has_body = !operation_.get && !upload && (operation_.has_data || !operation_.form.empty());
    request_.method = !operation_.method.empty() ? operation_.method
                      : operation_.head          ? "HEAD"
                      : upload                   ? "PUT"
                      : has_body                 ? "POST"
                                                 : "GET";
    query(upload);
    if (operation_.request_target) request_.target = *operation_.request_target;
    if (const auto value = authorization(operation_, request_.url)) own("Authorization", *value);
    if (operation_.user_agent && !operation_.user_agent->empty()) own("User-Agent", *operation_.user_agent);
    if (operation_.referer) referer(*operation_.referer);
    if (operation_.cookie) cookie(*operation_.cookie);
    if (has_body) content();
    for (const CustomHeader& header : custom_) {
      if (header.sent) add_field(request_.headers, std::string(header.name), std::string(header.value));
    }
    return std::move(request_);
  }

 private:
  // A header that curl makes itself, unless -H says otherwise.
  void own(std::string_view name, std::string_view value) {
    const bool replaced =
        std::any_of(custom_.begin(), custom_.end(), [&](const CustomHeader& header) { return iequals(header.name, name); });
    if (!replaced) add_field(request_.headers, std::string(name), std::string(value));
  }

  void query(std::optional<std::string_view> upload) {
    Url& url = request_.url;
    if (upload && url.path.ends_with('/') && *upload != "-" && *upload != ".") url.path += upload->substr(upload->find_last_of('/') + 1);
    for (const std::string& more : {operation_.url_query, operation_.get ? operation_.data : std::string()}) {
      if (more.empty()) continue;
      join(url.query, more, '&');
      url.has_query = true;
    }
  }

  void referer(std::string_view value) {
    if (value.ends_with(";auto")) value.remove_suffix(5);
    if (!value.empty()) own("Referer", value);
  }

  // Without a = it is the name of a file.
  void cookie(std::string_view value) {
    if (value.find('=') != kNone) own("Cookie", value);
  }

  void content() {
    if (!operation_.form.empty()) {
      own("Content-Type", fmt::format("multipart/form-data; boundary={}", kBoundary));
      append_body(request_.body, request_.body_cut, form_body(operation_));
      return;
    }
    own("Content-Type", operation_.json ? "application/json" : "application/x-www-form-urlencoded");
    if (operation_.json) own("Accept", "application/json");
    append_body(request_.body, request_.body_cut, operation_.data);
  }

  const CurlOperation& operation_;
  std::vector<CustomHeader> custom_;
  Request request_;
};

}  // namespace

Request build_curl_request(const CurlOperation& operation, std::string_view url, std::optional<std::string_view> upload) {
  return RequestBuilder(operation, url).build(upload);
}

void add_curl_data(CurlOperation& operation, CurlData kind, std::string_view value) {
  operation.has_data = true;
  if (kind == CurlData::Json) operation.json = true;
  if (kind == CurlData::UrlEncode) {
    if (const auto encoded = url_encoded(value)) {
      join(operation.data, *encoded, '&');
    } else {
      operation.notes.emplace_back("the command reads data from a file");
    }
  } else if (kind != CurlData::Raw && value.starts_with('@')) {
    operation.notes.push_back(fmt::format("the command reads data from {}", value.substr(1)));
  } else if (kind == CurlData::Json) {
    operation.data += value;
  } else {
    join(operation.data, value, '&');
  }
}

void add_curl_query(CurlOperation& operation, std::string_view value) {
  if (value.starts_with('+')) {
    join(operation.url_query, value.substr(1), '&');
  } else if (const auto encoded = url_encoded(value)) {
    join(operation.url_query, *encoded, '&');
  } else {
    operation.notes.emplace_back("the command reads a part of the query from a file");
  }
}

}  // namespace quivive::diagnose::readers
