#include "diagnose/readers/curl_arguments.h"

#include "base/text.h"
#include "diagnose/readers/curl_options.h"
#include "diagnose/readers/curl_request.h"
#include "diagnose/readers/message.h"
#include "diagnose/readers/word_remarks.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <utility>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kMaxCopied = 16 * 1024 * 1024;  // bytes of options in all the requests of one operation

bool has_url_scheme(std::string_view text) { return text.find("://") != kNone; }

// A word that could be meant as a URL: with a scheme, or like a host (dots, a port, localhost), or made of something that a
// shell or a person fills in. A JWT has dots too.
bool looks_like_url(std::string_view text) {
  if (has_url_scheme(text)) return true;
  if (text.starts_with('$') || text.starts_with("{{") || text.starts_with('<') || text.starts_with('[')) return true;
  const std::string_view host = text.substr(0, text.find_first_of("/?#"));
  if (host.starts_with("eyJ") || host.empty() || host.size() > 253) return false;
  if (iequals(host.substr(0, host.find(':')), "localhost")) return true;
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) { return http::is_tchar(c) || c == ':' || c == '@'; });
  const std::size_t separator = host.find_last_of(".:");
  return plain && separator != kNone && separator > 0 && separator + 1 < host.size();
}

class CommandReader {
 public:
  CommandReader(Capture& capture, std::span<const ShellWord> words, bool windows) : capture_(capture), words_(words) {
    command_.windows = windows;
    first_exchange_ = capture.exchanges.size();
  }

  void read(std::string_view background) {
    for (const ShellWord& word : words_) command_.words.push_back(word.text);
    for (at_ = 1; at_ < words_.size(); ++at_) word(words_[at_]);
    finish_operation();
    if (!background.empty()) add_remark(SourceRemark::Kind::Background, {first_exchange_, "command", ""}, background);
    if (!capture_.command) capture_.command = std::move(command_);
  }

 private:
  struct Argument {
    const ShellWord* word = nullptr;
    std::size_t begin = 0;  // of the value in the word's text
    [[nodiscard]] std::string_view text() const { return std::string_view(word->text).substr(begin); }
  };

  void word(const ShellWord& word) {
    const std::string_view text = word.text;
    if (options_end_ || text.size() < 2 || text.front() != '-') {
      if (!text.empty() && text != "-") positional_.push_back({&word, 0});
    } else if (text == "--") {
      options_end_ = true;
    } else if (text.starts_with("--")) {
      long_option(word);
    } else {
      short_options(word);
    }
  }

  // `--name value`; `--name=value` is not curl's, but what was meant is plain.
  void long_option(const ShellWord& word) {
    const std::string_view text = word.text;
    const std::size_t equals = text.find('=');
    const auto found = find_long_option(text.substr(2, equals == kNone ? kNone : equals - 2));
    if (!found) {
      const std::string_view typed = text.substr(0, equals);
      note(fmt::format("curl has no option {}", printable(typed, 40)));
      if (const std::string_view meant = meant_option(typed.substr(2)); !meant.empty() && !command_.misspelt) command_.misspelt = {printable(typed, 40), meant};
    } else if (!found->option->takes_value) {
      command_.options.emplace_back(found->option->name, found->on ? "" : "no");
      flag(found->option->id, found->on);
    } else if (equals != kNone) {
      valued(*found->option, {&word, equals + 1});
    } else {
      next_value(*found->option);
    }
  }

  void short_options(const ShellWord& word) {
    for (std::size_t i = 1; i < word.text.size(); ++i) {
      const CurlOption* option = find_short_option(word.text[i]);
      if (option == nullptr) {
        note(fmt::format("curl has no option -{}", printable(word.text.substr(i, 1))));
        return;
      }
      if (option->takes_value) {
        if (i + 1 < word.text.size()) return valued(*option, {&word, i + 1});
        return next_value(*option);
      }
      command_.options.emplace_back(option->name, "");
      flag(option->id, true);
    }
  }

  void next_value(const CurlOption& option) {
    if (at_ + 1 < words_.size()) {
      ++at_;
      valued(option, {&words_[at_], 0});
    } else {
      note(fmt::format("the command ends where --{} needs a value", option.name));
    }
  }

  void flag(CurlId id, bool on) {
    switch (id) {
      case CurlId::AnyAuth: operation_.any_auth = command_.any_auth = on; break;
      case CurlId::Basic: operation_.basic = command_.basic = on; break;
      case CurlId::Digest: operation_.digest = command_.digest = on; break;
      case CurlId::Ntlm: operation_.ntlm = command_.ntlm = on; break;
      case CurlId::Negotiate: operation_.negotiate = command_.negotiate = on; break;
      case CurlId::Get: operation_.get = on; break;
      case CurlId::Head: operation_.head = on; break;
      case CurlId::Insecure: command_.insecure = on; break;
      case CurlId::Location: command_.follow = on; break;
      case CurlId::LocationTrusted: command_.follow = command_.trust_location = on; break;
      case CurlId::Netrc: command_.netrc = on; break;
      case CurlId::ProxyAnyAuth: command_.proxy_any_auth = on; break;
      case CurlId::Next: finish_operation(); break;
      default: break;
    }
  }

  void valued(const CurlOption& option, Argument argument) {
    command_.options.emplace_back(option.name, argument.text());
    value(option.id, argument);
  }

  void value(CurlId id, Argument argument) {
    const std::string text(argument.text());
    switch (id) {
      case CurlId::Url:
        positional_.push_back(argument);
        explicit_urls_ = true;
        break;
      case CurlId::Request: operation_.method = text; break;
      case CurlId::Header: header(argument); break;
      case CurlId::Data:
      case CurlId::DataAscii:
      case CurlId::DataBinary: data(CurlData::Plain, argument); break;
      case CurlId::DataRaw: data(CurlData::Raw, argument); break;
      case CurlId::DataUrlencode: data(CurlData::UrlEncode, argument); break;
      case CurlId::Json: data(CurlData::Json, argument); break;
      case CurlId::Form:
      case CurlId::FormString: form(id == CurlId::FormString, argument); break;
      case CurlId::UrlQuery:
        add_curl_query(operation_, text);
        remark(argument, "request.url", "");
        break;
      case CurlId::User:
        operation_.user = command_.user = text;
        remark(argument, "request.header", "Authorization");
        break;
      case CurlId::Oauth2Bearer:
        operation_.bearer = command_.oauth2_bearer = text;
        remark(argument, "request.header", "Authorization");
        break;
      case CurlId::AwsSigv4:
        operation_.aws = true;
        command_.aws_sigv4 = text;
        break;
      case CurlId::UserAgent: operation_.user_agent = text; break;
      case CurlId::Referer: operation_.referer = text; break;
      case CurlId::Cookie: cookie(argument); break;
      case CurlId::Proxy: command_.proxy = text; break;
      case CurlId::ProxyUser:
        command_.proxy_user = text;
        remark(argument, "request.header", "Proxy-Authorization");
        break;
      case CurlId::RequestTarget: operation_.request_target = text; break;
      case CurlId::UploadFile: operation_.uploads.push_back(text); break;
      case CurlId::Cert: command_.client_certificate = true; break;
      case CurlId::Resolve:
      case CurlId::ConnectTo: command_.resolves = true; break;
      case CurlId::Netrc: command_.netrc = true; break;
      default: break;
    }
  }

  void note(std::string text) {
    constexpr std::size_t kMost = 100;
    if (operation_.notes.size() < kMost) operation_.notes.push_back(std::move(text));
  }

  void header(Argument argument) {
    const std::string_view text = argument.text();
    if (text.starts_with('@')) {
      note(fmt::format("the command reads headers from {}", printable(text.substr(1))));
      return;
    }
    const std::size_t end = text.find_first_of(":;");
    const std::string_view name = trim_ows(text.substr(0, end));
    if (iequals(name, "authorization")) command_.header_authorization = true;
    const bool sent = text.find(':') != kNone || text.ends_with(';');
    if (!sent) note(fmt::format("curl does not send the header '{}', which has no colon", printable(name.substr(0, name.find(' ')), 40)));
    operation_.headers.emplace_back(text);
    remark(argument, "request.header", name);
  }

  void data(CurlData kind, Argument argument) {
    add_curl_data(operation_, kind, argument.text());
    remark(argument, "request.body", "");
  }

  void form(bool literal, Argument argument) {
    const std::string_view text = argument.text();
    const std::size_t equals = text.find('=');
    operation_.form.push_back({std::string(text), literal});
    const bool file = !literal && equals != kNone && (text.substr(equals + 1).starts_with('@') || text.substr(equals + 1).starts_with('<'));
    if (file) note(fmt::format("the command reads '{}' of the form from a file", printable(text.substr(0, equals), 40)));
    remark(argument, "request.body", text.substr(0, equals));
  }

  void cookie(Argument argument) {
    const std::string_view text = argument.text();
    if (text.find('=') == kNone) {
      note(fmt::format("the command reads cookies from {}", printable(text, 80)));
    } else if (operation_.cookie) {
      operation_.cookie->append(";").append(text);
    } else {
      operation_.cookie = text;
    }
    remark(argument, "request.header", "Cookie");
  }

  // Which of the words that are no options are URLs: all that curl can tell is that they are no options.
  void finish_operation() {
    const bool schemes = std::any_of(positional_.begin(), positional_.end(), [](const Argument& a) { return has_url_scheme(a.text()); });
    const bool likely = std::any_of(positional_.begin(), positional_.end(), [](const Argument& a) { return looks_like_url(a.text()); });
    const std::size_t exchange = capture_.exchanges.size();
    std::vector<Argument> urls;
    for (std::size_t i = 0; i < positional_.size(); ++i) {
      const std::string_view text = positional_[i].text();
      const bool last = i + 1 == positional_.size();
      const bool variable = text.starts_with('$') || text.starts_with("{{") || text.starts_with('<');
      const bool url = positional_.size() == 1 || explicit_urls_ ||
                       (schemes  ? has_url_scheme(text) || variable
                        : likely ? looks_like_url(text)
                                 : last);
      if (url) {
        urls.push_back(positional_[i]);
      } else {
        add_remark(SourceRemark::Kind::BareWord, {exchange, "command", ""}, text);
      }
    }
    if (!urls.empty() || exchange == first_exchange_) add_exchanges(urls);
    positional_.clear();
    operation_ = {};
    pending_.clear();
    explicit_urls_ = options_end_ = false;
  }

  void add_exchanges(const std::vector<Argument>& urls) {
    const std::size_t count = std::max<std::size_t>(urls.size(), 1);
    const std::size_t size = size_of_options();
    for (std::size_t i = 0; i < count; ++i) {
      ++capture_.total;
      if (capture_.exchanges.size() >= kMaxExchanges || (i > 0 && size * (i + 1) > kMaxCopied)) continue;
      Exchange exchange;
      exchange.index = capture_.exchanges.size();
      const auto upload = i < operation_.uploads.size() ? std::optional<std::string_view>(operation_.uploads[i]) : std::nullopt;
      exchange.request = build_curl_request(operation_, i < urls.size() ? urls[i].text() : std::string_view(), upload);
      if (urls.empty()) exchange.request->url = {};
      exchange.remarks = operation_.notes;
      // Words' remarks are made once, for the first of several URLs: they are about the command.
      if (i == 0) {
        for (const auto& [argument, place] : pending_)
          remark_word(capture_, *argument.word, argument.begin, {exchange.index, place.first, place.second});
      }
      if (i < urls.size()) remark_word(capture_, *urls[i].word, urls[i].begin, {exchange.index, "request.url", ""});
      capture_.exchanges.push_back(std::move(exchange));
    }
  }

  // Every URL's request has a copy of these.
  std::size_t size_of_options() const {
    std::size_t size = operation_.url_query.size() + operation_.data.size();
    for (const std::string& header : operation_.headers) size += header.size();
    for (const auto& part : operation_.form) size += part.content.size();
    for (const auto& value : {operation_.user, operation_.bearer, operation_.cookie, operation_.user_agent, operation_.referer})
      size += value ? value->size() : 0;
    for (const std::string& note : operation_.notes) size += note.size();
    return size;
  }

  void remark(Argument argument, std::string_view part, std::string_view name) {
    pending_.push_back({argument, {std::string(part), std::string(name)}});
  }
  void add_remark(SourceRemark::Kind kind, const RemarkPlace& place, std::string_view text) {
    if (place.exchange < kMaxExchanges) remark_text(capture_, kind, place, text);
  }

  Capture& capture_;
  std::span<const ShellWord> words_;
  std::size_t at_ = 0;
  std::size_t first_exchange_ = 0;
  CurlCommand command_;
  CurlOperation operation_;
  std::vector<Argument> positional_;
  std::vector<std::pair<Argument, std::pair<std::string, std::string>>> pending_;  // values, and where they go: part and name
  bool explicit_urls_ = false;
  bool options_end_ = false;
};

}  // namespace

void add_curl_command(Capture& capture, std::span<const ShellWord> words, bool windows, std::string_view background) {
  CommandReader(capture, words, windows).read(background);
}

}  // namespace quivive::diagnose::readers
