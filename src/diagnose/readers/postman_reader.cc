#include "base/text.h"
#include "diagnose/reader.h"
#include "diagnose/readers/kept_exchanges.h"
#include "diagnose/readers/postman_auth.h"
#include "diagnose/readers/postman_json.h"
#include "diagnose/readers/postman_request.h"
#include "diagnose/readers/postman_variables.h"

#include <charconv>
#include <optional>
#include <utility>

namespace quivive::diagnose {
namespace postman {
namespace {

constexpr JsonLimits kCollectionLimits{.depth = 200, .bytes = kMaxText};
constexpr std::size_t kMaxExchanges = 20'000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

ReadError failure(std::string message) { return {.format = Format::Postman, .line = 0, .offset = 0, .message = std::move(message)}; }

// parse_json says where in words: "… at offset 17".
std::size_t offset_in(std::string_view message) {
  static constexpr std::string_view kWord = "offset ";
  std::size_t offset = 0;
  const std::size_t at = message.rfind(kWord);
  if (at != std::string_view::npos) std::from_chars(message.data() + at + kWord.size(), message.data() + message.size(), offset);
  return offset;
}

Result<Json> parse(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return parse_json(text, kCollectionLimits);
}

class CollectionReader {
 public:
  explicit CollectionReader(Variables& variables) : variables_(variables) {}

  void read_collection(const JsonObject& collection) {
    note_scripts(collection);
    read_items(collection, read_auth(collection));
  }

  // The executions of a run report: requests as they were sent, helpers and variables included.
  void read_run(const JsonArray& executions) {
    for (const Json& json : executions) {
      const JsonObject* execution = json.if_object();
      const Json* request = execution == nullptr ? nullptr : member(*execution, "request");
      if (request == nullptr || !request->is_object()) continue;
      Exchange exchange = begin(*request);
      if (const JsonObject* response = object_member(*execution, "response")) exchange.response = read_response(*response);
      kept_.add(std::move(exchange));
    }
  }

  void finish(Capture& capture) {
    capture.total = kept_.total();
    capture.exchanges = kept_.take();
    capture.remarks = variables_.take_remarks();
    capture.declared = std::move(declared_);
    capture.current = std::move(current_);
  }

 private:
  void note_scripts(const JsonObject& folder) {
    variables_.note_scripts(folder);
    const JsonArray* items = array_member(folder, "item");
    if (items == nullptr) return;
    for (const Json& item : *items) {
      if (const JsonObject* object = item.if_object()) note_scripts(*object);
    }
  }

  void read_items(const JsonObject& folder, const std::optional<Auth>& auth) {
    const std::size_t mark = variables_.enter(array_member(folder, "variable"));
    if (const JsonArray* items = array_member(folder, "item")) {
      for (const Json& json : *items) {
        const JsonObject* item = json.if_object();
        if (item == nullptr) continue;
        if (member(*item, "item") != nullptr) {
          const auto own = read_auth(*item);
          read_items(*item, own ? own : auth);
        } else if (const Json* request = member(*item, "request"); request != nullptr && !request->is_null()) {
          read_item(*item, *request, auth);
        }
      }
    }
    variables_.leave(mark);
  }

  void read_item(const JsonObject& item, const Json& request, const std::optional<Auth>& inherited) {
    const std::size_t mark = variables_.enter(array_member(item, "variable"));
    const auto own = request.is_object() ? read_auth(request.get_object()) : std::nullopt;
    const std::optional<Auth>& auth = own ? own : inherited;
    const JsonArray* responses = array_member(item, "response");
    bool saved = false;
    if (responses != nullptr) {
      for (const Json& json : *responses) {
        const JsonObject* response = json.if_object();
        if (response == nullptr) continue;
        saved = true;
        read_example(*response, request, auth);
      }
    }
    if (!saved && kept_.total() < kMaxExchanges) {
      Exchange exchange = begin(request);
      apply(auth, exchange);
      kept_.add(std::move(exchange));
    }
    variables_.leave(mark);
  }

  void read_example(const JsonObject& response, const Json& request, const std::optional<Auth>& auth) {
    if (kept_.total() >= kMaxExchanges) return;
    const Json* original = member(response, "originalRequest");
    const bool has_original = original != nullptr && (original->is_object() || original->is_string());
    Exchange exchange = begin(has_original ? *original : request);
    const auto own = has_original && original->is_object() ? read_auth(original->get_object()) : std::nullopt;
    // An example keeps the fields that were sent; a helper that it does not name itself is not set over them.
    if (own || !has_original || !exchange.request->headers.has("authorization")) apply(own ? own : auth, exchange);
    exchange.response = read_response(response);
    if (has_original) note_current_token(request, auth, exchange);
    kept_.add(std::move(exchange));
  }

  // What the collection would send in the place of a saved example, to tell a token that was cached from the one shown.
  void note_current_token(const Json& request, const std::optional<Auth>& auth, const Exchange& saved) {
    constexpr std::string_view kScheme = "Bearer ";
    const auto bearer_of = [&](const Exchange& e) {
      const std::string_view value = e.request->headers.value("authorization");
      return value.size() > kScheme.size() && iequals(value.substr(0, kScheme.size()), kScheme) ? value.substr(kScheme.size()) : "";
    };
    if (bearer_of(saved).empty() || current_.size() >= kMaxRemarks) return;
    const std::size_t remarks = variables_.remarks();
    Exchange now = begin(request);
    if (auth && !auth->type.empty()) (void)apply_auth(*auth, now.index, variables_, now);
    variables_.drop_remarks(remarks);
    if (const std::string_view token = bearer_of(now); !token.empty()) current_.push_back({saved.index, std::string(token)});
  }

  Exchange begin(const Json& request) {
    Exchange exchange;
    exchange.index = kept_.total();
    exchange.request = read_request(request, exchange.index, variables_);
    return exchange;
  }

  void apply(const std::optional<Auth>& auth, Exchange& exchange) {
    if (!auth || auth->type.empty()) return;
    DeclaredAuth declared = apply_auth(*auth, exchange.index, variables_, exchange);
    if (declared_.size() < kMaxRemarks) declared_.push_back(std::move(declared));
  }

  Variables& variables_;
  KeptExchanges kept_;
  std::vector<DeclaredAuth> declared_;
  std::vector<CurrentToken> current_;
};

// The `values` of an environment file, bare or as the API wraps it.
Result<void, ReadError> read_environment(std::string_view text, Variables& variables) {
  const auto parsed = parse(text);
  if (!parsed) return failure("the environment file: " + parsed.error().message);
  const JsonObject* object = parsed->if_object();
  if (object != nullptr && object_member(*object, "environment") != nullptr) object = object_member(*object, "environment");
  const JsonArray* values = object == nullptr ? nullptr : array_member(*object, "values");
  if (values == nullptr) return failure("the environment file: no list \"values\"; export the environment from Postman");
  variables.set_environment(*values);
  return {};
}

}  // namespace
}  // namespace postman

Read read_postman(std::string_view text, std::string_view environment) {
  using namespace postman;
  Variables variables;
  if (!environment.empty()) {
    if (const auto read = read_environment(environment, variables); !read) return read.error();
  }
  const auto parsed = parse(text);
  if (!parsed) {
    ReadError broken = failure(parsed.error().message);
    broken.offset = offset_in(broken.message);
    return broken;
  }
  const JsonObject* object = parsed->if_object();
  if (object == nullptr) return failure("a collection is a JSON object with \"info\" and \"item\"");

  Capture capture;
  capture.format = Format::Postman;
  CollectionReader reader(variables);
  const JsonObject* run = object_member(*object, "run");
  if (const JsonArray* executions = run == nullptr ? nullptr : array_member(*run, "executions")) {
    capture.tool = "newman";
    reader.read_run(*executions);
  } else {
    if (const JsonObject* wrapped = object_member(*object, "collection")) object = wrapped;
    if (array_member(*object, "requests") != nullptr && member(*object, "item") == nullptr) {
      return failure("a collection of the old format v1; export it as v2.1");
    }
    if (array_member(*object, "item") == nullptr) return failure("no list \"item\"; a collection of format v2 keeps its requests there");
    capture.tool = "Postman";
    capture.is_source = true;
    reader.read_collection(*object);
  }
  reader.finish(capture);
  return capture;
}

}  // namespace quivive::diagnose
